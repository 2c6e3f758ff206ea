public import Lifecycle

/// How the store behaves; fixed for the life of the process.
public struct StoreSettings: Sendable {
  /// What challenges say, and the policy that decides.
  public var terms: ChallengeTerms
  public var policy: Policy { terms.policy }
  /// How long an answer to a call with an idempotency key is remembered, in microseconds.
  public var idempotencyWindow: Int64 = 24 * 3_600_000_000
  /// Bytes of records kept in memory for watchers; about 130,000 events at 250 bytes.
  public var recentRecordsCapacity: Int = 32 << 20

  /// When snapshots are taken, what of the log is kept, how what lies on the disk is verified.
  public var keeping = KeepingSettings()
  /// Told what the keeper did and found, on a thread of its own.
  public var observer: @Sendable (KeepingEvent) -> Void = { _ in }
  /// Tells the time, and when it has come to something. One store's alone.
  public var clock: any StoreClock = SystemClock()

  public init(terms: ChallengeTerms) {
    self.terms = terms
  }
}
