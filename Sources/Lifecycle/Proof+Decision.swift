extension Proof {
  /// A challenge that is alive: the present one, or a new one.
  func decideIssue(_ nonce: Nonce, renew: Bool, in circumstances: Circumstances) -> Decision {
    if circumstances.now >= expiresAt(under: circumstances.policy) {
      return .change(.initiating(replaced(by: nonce, after: .challengeExpired, at: circumstances.now)), refusal: nil)
    }
    guard renew else { return .unchanged }
    return .change(.initiating(replaced(by: nonce, after: .challengeRenewed, at: circumstances.now)), refusal: nil)
  }

  /// What is decided before the signature counts: too many wrong ones came before, or the challenge has expired.
  func precheckSubmit(replacement: Nonce, in circumstances: Circumstances) -> Decision? {
    let (now, policy) = (circumstances.now, circumstances.policy)
    let windowEndsAt = windowEndsAt(under: policy)
    if attemptsLeft(under: policy) == 0, now < windowEndsAt {
      return .refused(.tooManyAttempts(retryAt: windowEndsAt))
    }
    guard now >= expiresAt(under: policy) else { return nil }
    let next = replaced(by: replacement, after: .challengeExpired, at: now)
    return .change(.initiating(next), refusal: .challengeExpired)
  }

  /// What becomes of a signature.
  func decideSubmit(_ submitted: SubmittedProof, replacement: Nonce, in circumstances: Circumstances) -> Decision {
    if let decision = precheckSubmit(replacement: replacement, in: circumstances) { return decision }
    switch submitted {
    case .genuine(over: nonce):
      return .change(.screening(Review(since: circumstances.now)), refusal: nil)
    case .foreign(over: nonce):
      let next = mismatched(replacement: replacement, in: circumstances)
      return .change(
        .initiating(next),
        refusal: .signatureMismatch(attemptsLeft: next.attemptsLeft(under: circumstances.policy))
      )
    case .genuine, .foreign, .superseded:
      return .refused(.challengeSuperseded)
    }
  }

  /// One more wrong signature, in the window that is open or as the first of a new one.
  private func mismatched(replacement: Nonce, in circumstances: Circumstances) -> Proof {
    var next = replaced(by: replacement, after: .signatureMismatch, at: circumstances.now)
    if mismatches == 0 || circumstances.now >= windowEndsAt(under: circumstances.policy) {
      next.mismatches = 1
      next.windowBegan = circumstances.now
    } else {
      next.mismatches += mismatches == .max ? 0 : 1
    }
    return next
  }

  private func replaced(by nonce: Nonce, after outcome: Outcome, at now: Timestamp) -> Proof {
    var next = self
    next.nonce = nonce
    next.issuedAt = now.wholeSecond
    next.attempt += attempt == .max ? 0 : 1
    next.lastOutcome = outcome
    return next
  }
}
