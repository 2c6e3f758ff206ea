/// A screening's hit that is yet to be confirmed.
public struct Hit: Hashable, Sendable {
  /// When it was reported.
  public var at: Timestamp
  /// Who screened; may be empty.
  public var provider: String

  public init(at: Timestamp, provider: String) {
    self.at = at
    self.provider = provider
  }
}

/// What a customer waits for in SCREENING and VERIFYING, and while the wallet of an ACTIVE or INACTIVE one is screened
/// again: the word of a third party.
public struct Review: Hashable, Sendable {
  /// Since when the customer waits: its coming into the state, or the asking for the screening.
  public var since: Timestamp
  /// The number of the present attempt; the first is 1. A customer's screenings are numbered on, whenever they are.
  public var attempt: UInt32
  /// When the present attempt is due to begin. Nil when it is due at once, has begun, or waits for a person.
  public var nextAttemptAt: Timestamp?
  /// How the attempt before ended, or the present one where there is no next; nil during the first.
  public var lastOutcome: Outcome?
  /// Whether and why a person has to look.
  public var attention: Attention
  /// How many hits, each of its own attempt, were reported. 0 in VERIFYING.
  public var hits: UInt32
  /// The newest of them; nil while there is none.
  public var lastHit: Hit?
  /// The session of the present attempt. Nil in a screening, and in VERIFYING until one was started.
  public var session: Session?
  /// Why the verification attempt before did not succeed, for the customer; empty otherwise.
  public var reason: String
  /// In a screening: the number of the last attempt before its first one, so 0 in SCREENING. In VERIFYING: the number
  /// of the screening's last attempt; 0 where that is not known.
  public var screenings: UInt32

  public init(
    since: Timestamp,
    attempt: UInt32 = 1,
    nextAttemptAt: Timestamp? = nil,
    lastOutcome: Outcome? = nil,
    attention: Attention = .none,
    hits: UInt32 = 0,
    lastHit: Hit? = nil,
    session: Session? = nil,
    reason: String = "",
    screenings: UInt32 = 0
  ) {
    self.since = since
    self.attempt = attempt
    self.nextAttemptAt = nextAttemptAt
    self.lastOutcome = lastOutcome
    self.attention = attention
    self.hits = hits
    self.lastHit = lastHit
    self.session = session
    self.reason = reason
    self.screenings = screenings
  }
}
