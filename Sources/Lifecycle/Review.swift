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

/// What a SCREENING or VERIFYING customer waits for: the word of a third party.
public struct Review: Hashable, Sendable {
  /// Since when the customer waits: its coming into the state.
  public var since: Timestamp
  /// The number of the present attempt; the first is 1.
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
  /// The session of the present attempt. Nil in SCREENING, and in VERIFYING until one was started.
  public var session: Session?
  /// Why the verification attempt before did not succeed, for the customer; empty otherwise.
  public var reason: String

  public init(
    since: Timestamp,
    attempt: UInt32 = 1,
    nextAttemptAt: Timestamp? = nil,
    lastOutcome: Outcome? = nil,
    attention: Attention = .none,
    hits: UInt32 = 0,
    lastHit: Hit? = nil,
    session: Session? = nil,
    reason: String = ""
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
  }
}
