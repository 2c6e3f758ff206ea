extension Review {
  /// What becomes of a session's opening in VERIFYING. Another session for the same attempt takes the first one's
  /// place.
  func decideSession(_ session: Session, attempt: UInt32) -> Decision {
    guard attempt == 0 || attempt == self.attempt else { return .noted }
    guard session != self.session else { return .unchanged }
    var next = self
    next.session = session
    next.nextAttemptAt = nil
    return .change(.verifying(next), refusal: nil)
  }

  /// What becomes of an identity verification's report in VERIFYING.
  ///
  /// APPROVED and DECLINED are final by their meaning and also decide when the attempts have run out. What is said of
  /// another session than the one that is open changes nothing, whatever it is.
  func decideVerification(_ report: VerificationReport, in circumstances: Circumstances) -> Decision {
    guard report.attempt == 0 || report.attempt == attempt, isAboutPresentSession(report) else { return .noted }
    switch report.outcome {
    case .approved:
      return .change(.active(Monitoring(clearedAt: since, screenings: screenings)), refusal: nil)
    case .declined:
      return .change(.rejected(reason: RejectionReason.verificationDeclined), refusal: nil)
    case .retry:
      guard attention == .none else { return .noted }
      let isLast = attempt >= circumstances.policy.verificationAttempts
      var next = tryingAgain(after: .retry, dueAt: nil, isLast: isLast)
      next.session = nil
      next.reason = report.reason
      return .change(.verifying(next), refusal: nil)
    case .expired:
      // With neither a session nor a further attempt there is nothing left that could lapse.
      guard attention == .none || session != nil else { return .noted }
      var next = self
      next.session = nil
      next.lastOutcome = .expired
      return next == self ? .noted : .change(.verifying(next), refusal: nil)
    }
  }

  /// Whether the report may be about the session that is open: it is not when both have a reference and these differ.
  private func isAboutPresentSession(_ report: VerificationReport) -> Bool {
    guard let reference = session?.reference, !reference.isEmpty, !report.reference.isEmpty else { return true }
    return report.reference == reference
  }
}
