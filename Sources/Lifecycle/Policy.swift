/// The numbers that the decisions depend on. Durations are microseconds and not negative.
public struct Policy: Hashable, Sendable {
  /// How long a challenge is accepted, and how long a wrong signature counts against the next: 1 hour.
  public var challengeTimeToLive: Int64 = 3600 * Timestamp.microsecondsPerSecond
  /// How many signatures by another key are answered within one time to live, 1 to 255. Ten are more than a person
  /// with several wallets needs and far fewer than would load the server.
  public var mismatchesAllowed: UInt8 = 10
  /// How many hits, each of its own attempt, refuse a customer for good; fewer than 2 count as 2.
  public var hitsToReject: UInt32 = fewestHitsToReject
  /// How long after an unconfirmed hit the confirming screening is due: 1 minute, time for a provider's list or cache
  /// to settle. Before that a hit of the same provider is the same hit, and confirms nothing.
  public var confirmationDelay: Int64 = 60 * Timestamp.microsecondsPerSecond
  /// How many screenings are tried before a person has to look, at least 1. With the back-off below ten outlast an
  /// outage of the provider of about three hours.
  public var screeningAttempts: UInt32 = 10
  /// How many identity verifications a person may go through before another person has to look, at least 1.
  public var verificationAttempts: UInt32 = 5
  /// How long after the first inconclusive screening the next is due at the most; doubles with each attempt: 30
  /// seconds.
  public var backoffBase: Int64 = 30 * Timestamp.microsecondsPerSecond
  /// How long the back-off grows to at the most: 1 hour.
  public var backoffCap: Int64 = 3600 * Timestamp.microsecondsPerSecond
  /// How long a customer may be SCREENING, or be screened again later, before a person has to look; 0 is without end. 1
  /// day: by then every attempt was made and more, so whoever is left has been forgotten by those who screen.
  public var screeningDeadline: Int64 = 24 * 3600 * Timestamp.microsecondsPerSecond
  /// How long a customer may be VERIFYING before a person has to look; 0 is without end. 30 days: the person themselves
  /// may have to find a passport.
  public var verificationDeadline: Int64 = 30 * 24 * 3600 * Timestamp.microsecondsPerSecond
  /// How long after a clear screening the wallet of an ACTIVE or INACTIVE customer is screened again; nil for never.
  public var rescreeningInterval: Int64?

  /// A hit and its confirmation: nothing single and unconfirmed refuses a customer.
  public static let fewestHitsToReject: UInt32 = 2

  /// The defaults.
  public init() {}

  /// How long to wait after an inconclusive attempt, in microseconds: between half of and the whole of
  /// min(cap, base * 2^(attempt - 1)), evenly spread by the random number `jitter`, so that customers whom one outage
  /// held up do not come back all at once.
  public func backoff(afterAttempt attempt: UInt32, jitter: UInt64) -> Int64 {
    // 62 doublings overflow every base above 1, and are the most that a positive Int64 holds.
    let doublings = min(attempt, 63) - min(attempt, 1)
    let (grown, overflow) = max(backoffBase, 0).multipliedReportingOverflow(by: 1 << Int64(doublings))
    let whole = UInt64(overflow ? max(backoffCap, 0) : max(min(grown, backoffCap), 0))
    let half = whole / 2
    return Int64(half + jitter % (whole - half + 1))
  }
}
