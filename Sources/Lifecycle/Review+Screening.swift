extension Review {
  /// What a screening's report comes to.
  enum ScreeningVerdict {
    /// Satisfactory.
    case clear
    /// Unsatisfactory, and confirmed.
    case confirmedHit
    /// Neither: this is what is waited for now.
    case open(Review)
  }

  /// What becomes of a screening's report in SCREENING.
  func decideScreening(_ report: ScreeningReport, in circumstances: Circumstances) -> Decision {
    switch verdict(on: report, in: circumstances) {
    case nil: .noted
    case .clear: .change(.verifying(Review(since: circumstances.now, screenings: attempt)), refusal: nil)
    case .confirmedHit: .change(.rejected(reason: RejectionReason.screeningFailed), refusal: nil)
    case .open(let next): .change(.screening(next), refusal: nil)
    }
  }

  /// What a screening's report comes to; nil where it changes nothing.
  ///
  /// A provider's word alone moves a customer on or out only while nothing speaks against it. Once a person has to
  /// look, only a person's decision counts.
  func verdict(on report: ScreeningReport, in circumstances: Circumstances) -> ScreeningVerdict? {
    guard report.attempt == 0 || report.attempt == attempt else { return nil }
    guard attention == .none || (report.final && report.outcome != .inconclusive) else { return nil }
    let (now, policy) = (circumstances.now, circumstances.policy)
    let tried = attempt > screenings ? attempt - screenings : attempt
    switch report.outcome {
    case .clear:
      if hits == 0 || report.final { return .clear }
      return .open(awaitingPerson(.conflictingOutcomes, after: .clear))
    case .hit:
      let isAnother = report.final || isAnotherHit(report, in: circumstances)
      let hits = isAnother && hits < .max ? hits + 1 : hits
      if report.final || isAnother && hits >= max(policy.hitsToReject, Policy.fewestHitsToReject) {
        return .confirmedHit
      }
      let hit = isAnother ? Hit(at: now, provider: report.provider) : lastHit
      let dueAt = (hit?.at ?? now).advanced(byMicroseconds: policy.confirmationDelay)
      var next = tryingAgain(after: .hit, dueAt: dueAt, isLast: tried >= policy.screeningAttempts)
      next.hits = hits
      next.lastHit = hit
      return .open(next)
    case .inconclusive:
      let delay = policy.backoff(afterAttempt: tried, jitter: circumstances.jitter)
      let dueAt = now.advanced(byMicroseconds: delay)
      return .open(tryingAgain(after: .inconclusive, dueAt: dueAt, isLast: tried >= policy.screeningAttempts))
    }
  }

  /// Whether a hit is more than the one before once again: another provider found it, or time has passed in which a
  /// false one would have been noticed. A provider without a name is not another one. The same hit once again uses an
  /// attempt up and confirms nothing, however often and whenever its report is repeated.
  private func isAnotherHit(_ report: ScreeningReport, in circumstances: Circumstances) -> Bool {
    guard let lastHit else { return true }
    if !lastHit.provider.isEmpty, !report.provider.isEmpty, report.provider != lastHit.provider { return true }
    return circumstances.now >= lastHit.at.advanced(byMicroseconds: circumstances.policy.confirmationDelay)
  }

  /// The next attempt, or a wait for a person where the present one is the last.
  func tryingAgain(after outcome: Outcome, dueAt: Timestamp?, isLast: Bool) -> Review {
    guard !isLast, attempt < .max else { return awaitingPerson(.attemptsExhausted, after: outcome) }
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
