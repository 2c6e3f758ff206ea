/// How an attempt ended: `last_outcome` of what a customer waits for. Raw values are kept in the journal.
@frozen
public enum Outcome: UInt8, CaseIterable, Sendable {
  /// A screening found nothing.
  case clear = 1
  /// A screening found something that would refuse the customer.
  case hit = 2
  /// A screening came to no answer to act on.
  case inconclusive = 3
  /// An identity verification succeeded.
  case approved = 4
  /// An identity verification was refused for good.
  case declined = 5
  /// An identity verification was refused for a reason that the person can mend.
  case retry = 6
  /// An identity verification session lapsed without a result.
  case expired = 7
  /// A challenge was answered with another key's signature.
  case signatureMismatch = 8
  /// A challenge expired unanswered, or was answered too late.
  case challengeExpired = 9
  /// A challenge was replaced on request while it was still alive.
  case challengeRenewed = 10

  /// The name on the wire, such as `HIT`.
  public var name: String {
    switch self {
    case .clear: "CLEAR"
    case .hit: "HIT"
    case .inconclusive: "INCONCLUSIVE"
    case .approved: "APPROVED"
    case .declined: "DECLINED"
    case .retry: "RETRY"
    case .expired: "EXPIRED"
    case .signatureMismatch: "SIGNATURE_MISMATCH"
    case .challengeExpired: "CHALLENGE_EXPIRED"
    case .challengeRenewed: "CHALLENGE_RENEWED"
    }
  }
}
