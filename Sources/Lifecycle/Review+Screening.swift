extension Review {
  /// What becomes of a screening's report in SCREENING.
  ///
  /// A provider's word alone moves a customer on or out only while nothing speaks against it. Once a person has to
  /// look, only a person's decision counts.
  func decideScreening(_ report: ScreeningReport, in circumstances: Circumstances) -> Decision {
    guard report.attempt == 0 || report.attempt == attempt else { return .noted }
    guard attention == .none || (report.final && report.outcome != .inconclusive) else { return .noted }
    let (now, policy) = (circumstances.now, circumstances.policy)
    switch report.outcome {
    case .clear:
      if hits == 0 || report.final { return .change(.verifying(Review(since: now)), refusal: nil) }
      return .change(.screening(awaitingPerson(.conflictingOutcomes, after: .clear)), refusal: nil)
    case .hit:
      let hits = hits == .max ? hits : hits + 1
      if report.final || hits >= max(policy.hitsToReject, Policy.fewestHitsToReject) {
        return .change(.rejected(reason: RejectionReason.screeningFailed), refusal: nil)
      }
      let dueAt = now.advanced(byMicroseconds: policy.confirmationDelay)
      var next = tryingAgain(after: .hit, dueAt: dueAt, limit: policy.screeningAttempts)
      next.hits = hits
      return .change(.screening(next), refusal: nil)
    case .inconclusive:
      let delay = policy.backoff(afterAttempt: attempt, jitter: circumstances.jitter)
      let dueAt = now.advanced(byMicroseconds: delay)
      return .change(
        .screening(tryingAgain(after: .inconclusive, dueAt: dueAt, limit: policy.screeningAttempts)), refusal: nil
      )
    }
  }

  /// The next attempt, or a wait for a person where the present one was the last.
  func tryingAgain(after outcome: Outcome, dueAt: Timestamp?, limit: UInt32) -> Review {
    guard attempt < limit else { return awaitingPerson(.attemptsExhausted, after: outcome) }
    var next = self
    next.attempt += 1
    next.nextAttemptAt = dueAt
    next.lastOutcome = outcome
    return next
  }

  /// The same attempt, which a person has to decide.
  private func awaitingPerson(_ attention: Attention, after outcome: Outcome) -> Review {
    var next = self
    next.nextAttemptAt = nil
    next.lastOutcome = outcome
    next.attention = attention
    return next
  }
}
