internal import Lifecycle

/// What a third party is to do for a customer. Raw values are the numbers of `gatehouse.v1.ReviewKind`.
@frozen
public enum ReviewKind: UInt8, CaseIterable, Sendable {
  /// Screen the wallet.
  case screening = 1
  /// See to an identity verification session.
  case verification = 2
}

/// What a customer waits for that third parties have to do with: all that the queue of reviews needs to know of it.
struct ReviewWait: Equatable {
  var kind: ReviewKind
  var attempt: UInt32
  /// When a worker has something to do; nil when none has: a session is open without an end, or a person has to decide.
  var dueAt: Timestamp?
  /// When a person has to look, if nothing happens before; nil when one has to already, or there is no deadline.
  var deadlineAt: Timestamp?
  /// Whether and why a person has to look.
  var attention = Attention.none
  /// Whether the state is one that everybody is to leave, so that its oldest customer is of interest.
  var isPassing = true
}

extension Standing {
  /// What the customer waits for; nil when no third party has to do with it.
  func reviewWait(under policy: Policy) -> ReviewWait? {
    switch self {
    case .screening(let review):
      return ReviewWait(
        kind: .screening, attempt: review.attempt, dueAt: reviewDueAt, deadlineAt: deadlineAt(under: policy),
        attention: review.attention)
    case .verifying(let review):
      return ReviewWait(
        kind: .verification, attempt: review.attempt, dueAt: reviewDueAt, deadlineAt: deadlineAt(under: policy),
        attention: review.attention)
    case .initiating, .active, .inactive, .rejected:
      let (dueAt, attention) = (reviewDueAt, attention)
      guard dueAt != nil || attention != .none else { return nil }
      return ReviewWait(
        kind: .screening, attempt: review?.attempt ?? 0, dueAt: dueAt, deadlineAt: deadlineAt(under: policy),
        attention: attention, isPassing: false)
    }
  }
}
