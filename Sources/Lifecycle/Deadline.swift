extension Standing {
  /// When the state's deadline passes, so that a person has to look; nil where there is none, or a person has to look
  /// already.
  public func deadlineAt(under policy: Policy) -> Timestamp? {
    switch self {
    case .screening(let review): review.deadlineAt(after: policy.screeningDeadline)
    case .verifying(let review): review.deadlineAt(after: policy.verificationDeadline)
    case .active(let monitoring), .inactive(_, let monitoring):
      monitoring.review?.deadlineAt(after: policy.screeningDeadline)
    case .initiating, .rejected: nil
    }
  }
}

/// Decides what becomes of a customer whose state's deadline may have passed: PASS_DEADLINE, which nobody calls and no
/// role may give. The same arguments always give the same decision.
///
/// Once a person has to look the customer stays where it is: a late CLEAR is kept and not followed, an APPROVED still
/// counts, since the person was found to be who they say they are.
///
/// - Parameter now: the time of the event that may come of it.
public func decideDeadline(_ standing: Standing, at now: Timestamp, under policy: Policy) -> Decision {
  guard TransitionTable.legality(of: .passDeadline, in: standing.state) == .allowed else {
    return .refused(.illegalTransition(from: standing.state, command: .passDeadline, allowed: []))
  }
  guard let deadline = standing.deadlineAt(under: policy), deadline <= now else { return .unchanged }
  switch standing {
  case .screening(let review): return .change(.screening(review.overdue), refusal: nil)
  case .verifying(let review): return .change(.verifying(review.overdue), refusal: nil)
  case .active(let monitoring): return .change(.active(monitoring.overdue), refusal: nil)
  case .inactive(let holds, let monitoring): return .change(.inactive(holds, monitoring.overdue), refusal: nil)
  case .initiating, .rejected: return .unchanged
  }
}

extension Monitoring {
  fileprivate var overdue: Monitoring {
    var next = self
    next.review = review?.overdue
    return next
  }
}

extension Review {
  fileprivate func deadlineAt(after duration: Int64) -> Timestamp? {
    attention == .none && duration > 0 ? since.advanced(byMicroseconds: duration) : nil
  }

  /// The same attempt, which a person has to decide. A session that is open stays so.
  fileprivate var overdue: Review {
    var next = self
    next.nextAttemptAt = nil
    next.attention = .deadlinePassed
    return next
  }
}
