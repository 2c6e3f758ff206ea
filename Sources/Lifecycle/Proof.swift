/// What an INITIATING customer waits for, since its creation: the wallet's signature of a challenge. The message is
/// rendered from it.
public struct Proof: Hashable, Sendable {
  /// When the present challenge was issued: a whole second, as the message says it.
  public var issuedAt: Timestamp
  /// When the first of `mismatches` happened. Without meaning, and the epoch, while there are none.
  public var windowBegan: Timestamp
  /// The number of the present challenge; the first is 1.
  public var attempt: UInt32
  /// The nonce of the present challenge.
  public var nonce: Nonce
  /// Signatures by another key since `windowBegan`.
  public var mismatches: UInt8
  /// How the challenge before ended; nil during the first.
  public var lastOutcome: Outcome?

  public init(
    nonce: Nonce,
    issuedAt: Timestamp,
    attempt: UInt32 = 1,
    mismatches: UInt8 = 0,
    windowBegan: Timestamp = Timestamp(microseconds: 0),
    lastOutcome: Outcome? = nil
  ) {
    self.issuedAt = issuedAt
    self.windowBegan = windowBegan
    self.attempt = attempt
    self.nonce = nonce
    self.mismatches = mismatches
    self.lastOutcome = lastOutcome
  }

  /// From this moment on the present challenge is no longer accepted: `Expiration Time` in the message.
  public func expiresAt(under policy: Policy) -> Timestamp {
    issuedAt.advanced(byMicroseconds: policy.challengeTimeToLive)
  }

  /// From this moment on the mismatches counted so far no longer count.
  public func windowEndsAt(under policy: Policy) -> Timestamp {
    windowBegan.advanced(byMicroseconds: policy.challengeTimeToLive)
  }

  /// How many signatures by another key are still answered before further ones are refused unseen.
  public func attemptsLeft(under policy: Policy) -> UInt8 {
    mismatches >= policy.mismatchesAllowed ? 0 : policy.mismatchesAllowed - mismatches
  }
}
