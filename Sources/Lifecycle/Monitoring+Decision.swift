// Customers who were taken in are screened again. What they may do meanwhile is told by their holds alone: an open
// screening is no hold, a hit places one, and what placed a hold never lifts it.

extension Monitoring {
  /// What becomes of a RequestScreening in ACTIVE (no holds) or INACTIVE.
  ///
  /// A screening that waits for a person begins anew, with as many attempts as the first time; its hits still count.
  func decideRequest(holds: [Hold], in circumstances: Circumstances) -> Decision {
    var next = self
    if var review {
      guard review.attention != .none, review.attempt < .max else { return .unchanged }
      review.since = circumstances.now
      review.screenings = review.attempt
      review.attempt += 1
      review.attention = .none
      next.review = review
    } else {
      // Where it is not known how many there were, no more than the policy allows: numbers from there on are new.
      let ended = min(screenings == 0 ? circumstances.policy.screeningAttempts : screenings, .max - 1)
      next.review = Review(since: circumstances.now, attempt: ended + 1, screenings: ended)
    }
    return .change(.takenIn(holds, next), refusal: nil)
  }

  /// What becomes of a screening's report in ACTIVE (no holds) or INACTIVE.
  func decideReport(_ report: ScreeningReport, holds: [Hold], in circumstances: Circumstances) -> Decision {
    guard let review else {
      guard report.attempt == 0 else { return .noted }
      let state: State = holds.isEmpty ? .active : .inactive
      return .refused(.illegalTransition(.reportScreening, from: state, by: circumstances.role))
    }
    var next = self
    switch review.verdict(on: report, in: circumstances) {
    case nil:
      return .noted
    case .clear:
      next.clearedAt = circumstances.now
      next.screenings = review.attempt
      next.review = nil
      return .change(.takenIn(holds, next), refusal: nil)
    case .confirmedHit:
      return .change(.rejected(reason: RejectionReason.screeningFailed), refusal: nil)
    case .open(let further):
      next.review = further
      let isHeld = report.outcome != .hit || holds.contains { $0.kind == .risk }
      let placed = isHeld ? [] : [Hold(kind: .risk, reason: HoldReason.screening, at: circumstances.now)]
      return .change(.takenIn(holds + placed, next), refusal: nil)
    }
  }
}

/// The public reasons of holds that no person worded. They name the step and nothing of what was found.
public enum HoldReason {
  /// A screening of the wallet is to be looked into.
  public static let screening = "SCREENING_REVIEW"
}
