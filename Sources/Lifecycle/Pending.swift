/// What a customer waits for, since when, and what comes next.
public struct Pending: Hashable, Sendable {
  /// What it is. Raw values are the numbers of `gatehouse.v1.PendingOn`.
  @frozen
  public enum Subject: UInt8, CaseIterable, Sendable {
    /// The signature of the challenge, by the customer's wallet.
    case challenge = 1
    /// A report of the screening.
    case screening = 2
    /// A report of the identity verification.
    case verification = 3
  }

  /// What it is.
  public var on: Subject
  /// Since when the customer waits for it.
  public var since: Timestamp
  /// The number of the present attempt; the first is 1.
  public var attempt: UInt32
  /// When the present attempt is due to begin; nil when it is due at once, has begun, or waits for a person.
  public var nextAttemptAt: Timestamp?
  /// How the attempt before ended.
  public var lastOutcome: Outcome?
  /// Whether and why a person has to look.
  public var attention: Attention
}

extension Standing {
  /// What the customer waits for; nil in REJECTED, and in ACTIVE and INACTIVE while no screening is open.
  ///
  /// - Parameter createdAt: when the customer was taken in, which waits for the wallet's signature from then on.
  public func pending(createdAt: Timestamp) -> Pending? {
    switch self {
    case .initiating(let proof):
      Pending(
        on: .challenge, since: createdAt, attempt: proof.attempt, nextAttemptAt: nil, lastOutcome: proof.lastOutcome,
        attention: .none
      )
    case .screening(let review): Pending(on: .screening, of: review)
    case .verifying(let review): Pending(on: .verification, of: review)
    case .active(let monitoring), .inactive(_, let monitoring):
      monitoring.review.map { Pending(on: .screening, of: $0) }
    case .rejected: nil
    }
  }

  /// Whether and why a person has to look.
  public var attention: Attention {
    switch self {
    case .screening(let review), .verifying(let review): review.attention
    case .active(let monitoring), .inactive(_, let monitoring): monitoring.attention
    case .initiating, .rejected: .none
    }
  }

  /// From when on a third party's adapter has something to do for the customer: screen the wallet, or open an identity
  /// verification session. Nil when nobody has: nothing is waited for, a session is open without an end, or a person
  /// has to decide. An open session is due again when it lapses, so that a lost report leaves nobody waiting for ever.
  public var reviewDueAt: Timestamp? {
    switch self {
    case .screening(let review), .verifying(let review): review.dueAt
    case .active(let monitoring), .inactive(_, let monitoring): monitoring.review?.dueAt
    case .initiating, .rejected: nil
    }
  }
}

extension Review {
  /// See `Standing.reviewDueAt`.
  fileprivate var dueAt: Timestamp? {
    if attention != .none { return nil }
    if let session { return session.expiresAt }
    return nextAttemptAt ?? since
  }
}

extension Pending {
  fileprivate init(on subject: Subject, of review: Review) {
    self.init(
      on: subject, since: review.since, attempt: review.attempt, nextAttemptAt: review.nextAttemptAt,
      lastOutcome: review.lastOutcome, attention: review.attention
    )
  }
}
