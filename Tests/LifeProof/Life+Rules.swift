internal import Lifecycle

// What comes of each command, one after the other.

extension Life {
  /// Lives through a command.
  ///
  /// - Parameter next: where the customer stands afterwards, by what is tested: told for the one thing that chance has
  ///   a part in, when a screening is tried again. It is taken from there when it lies where it may.
  mutating func hear(
    _ command: Command, by role: Role, at now: Int64, under policy: Policy, leadingTo next: Standing?
  ) -> Verdict {
    if let refusal = permission(command, role) { return .refused(refusal) }
    switch command {
    case .createCustomer(let nonce):
      guard state == nil else { return illegal(.createCustomer, role) }
      state = .initiating
      createdAt = now
      beginWaiting(at: now)
      issue(nonce, at: now)
      return .event(nil)
    case .issueChallenge(let nonce, let renew):
      guard state == .initiating else { return illegal(.issueChallenge, role) }
      let isExpired = now >= issuedAt + policy.challengeTimeToLive
      guard isExpired || renew else { return .nothing }
      reissue(nonce, after: isExpired ? .challengeExpired : .challengeRenewed, at: now)
      return .event(nil)
    case .submitChallenge(let proof, let replacement):
      guard state == .initiating else { return illegal(.submitChallenge, role) }
      return prove(proof, replacement, at: now, under: policy)
    case .reportScreening(let report):
      guard let state, state != .initiating else { return illegal(.reportScreening, role) }
      guard isScreened, report.attempt == 0 || report.attempt == attempt else {
        return report.attempt == 0 ? illegal(.reportScreening, role) : .note
      }
      return screen(report, at: now, under: policy, leadingTo: next)
    case .startVerification(let number, let opened):
      guard let state, state != .initiating, state != .screening else { return illegal(.startVerification, role) }
      guard state == .verifying, number == 0 || number == attempt else {
        return number == 0 ? illegal(.startVerification, role) : .note
      }
      if session == opened { return .nothing }
      session = opened
      nextAttemptAt = nil
      return .event(nil)
    case .reportVerification(let report):
      guard let state, state != .initiating, state != .screening else { return illegal(.reportVerification, role) }
      guard state == .verifying, report.attempt == 0 || report.attempt == attempt else {
        return report.attempt == 0 ? illegal(.reportVerification, role) : .note
      }
      return verify(report, at: now, under: policy)
    case .activate(let kinds):
      return lift(kinds, role)
    case .deactivate(let kind, let reason):
      guard state == .active || state == .inactive else { return illegal(.deactivate, role) }
      let kind = kind ?? (role == .partner ? .partner : .operational)
      if holds.contains(where: { $0.kind == kind }) { return .nothing }
      hold(kind, reason, at: now)
      return .event(nil)
    case .reject(let reason):
      guard state != nil, state != .rejected else { return illegal(.reject, role) }
      end(reason)
      return .event(nil)
    case .requestScreening:
      return request(role, at: now, under: policy)
    }
  }

  // MARK: - Who may do what

  private func permission(_ command: Command, _ role: Role) -> Refusal? {
    if role == .observer { return .roleNotAllowed }
    if role == .platform { return nil }
    switch command {
    case .createCustomer, .issueChallenge, .submitChallenge: return nil
    case .activate(let kinds): return kinds.contains(.risk) ? .holdKindNotAllowed(.risk) : nil
    case .deactivate(let kind, _): return kind.flatMap { $0 == .partner ? nil : .holdKindNotAllowed($0) }
    case .reportScreening, .startVerification, .reportVerification, .reject, .requestScreening: return .roleNotAllowed
    }
  }

  private func illegal(_ command: CommandName, _ role: Role) -> Verdict {
    var allowed: [CommandName] =
      switch state {
      case nil: [.createCustomer]
      case .initiating: [.issueChallenge, .submitChallenge]
      case .screening: [.reportScreening]
      case .verifying: [.startVerification, .reportVerification]
      case .active, .inactive: [.activate, .deactivate, .reportScreening, .requestScreening]
      case .rejected: []
      }
    if state != nil, state != .rejected { allowed.append(.reject) }
    let ofPlatform: [CommandName] = [
      .reportScreening, .startVerification, .reportVerification, .reject, .requestScreening,
    ]
    if role == .partner { allowed.removeAll { ofPlatform.contains($0) } }
    var names: CommandNames = []
    for name in allowed where name != command { names.insert(name) }
    return .refused(.illegalTransition(from: state, command: command, allowed: names))
  }

  // MARK: - The challenge

  private mutating func issue(_ nonce: Nonce, at now: Int64) {
    self.nonce = nonce
    issuedAt = now - now % 1_000_000
  }

  private mutating func reissue(_ nonce: Nonce, after outcome: Outcome, at now: Int64) {
    issue(nonce, at: now)
    attempt += 1
    lastOutcome = outcome
  }

  private mutating func prove(
    _ proof: SubmittedProof, _ replacement: Nonce, at now: Int64, under policy: Policy
  ) -> Verdict {
    let isPast = now >= wrongSince + policy.challengeTimeToLive
    if wrongSignatures >= policy.mismatchesAllowed, !isPast {
      return .refused(.tooManyAttempts(retryAt: Timestamp(microseconds: wrongSince + policy.challengeTimeToLive)))
    }
    if now >= issuedAt + policy.challengeTimeToLive {
      reissue(replacement, after: .challengeExpired, at: now)
      return .event(.challengeExpired)
    }
    guard let nonce else { return .nothing }
    if proof == .genuine(over: nonce) {
      state = .screening
      beginWaiting(at: now)
      return .event(nil)
    }
    guard proof == .foreign(over: nonce) else { return .refused(.challengeSuperseded) }
    reissue(replacement, after: .signatureMismatch, at: now)
    if wrongSignatures == 0 || isPast {
      wrongSignatures = 1
      wrongSince = now
    } else {
      wrongSignatures += 1
    }
    let left = max(0, Int(policy.mismatchesAllowed) - wrongSignatures)
    return .event(.signatureMismatch(attemptsLeft: UInt8(left)))
  }

  // MARK: - Screenings

  private var isScreened: Bool {
    switch state {
    case .screening: true
    case .active, .inactive: isWaiting
    case nil, .initiating, .verifying, .rejected: false
    }
  }

  private mutating func screen(
    _ report: ScreeningReport, at now: Int64, under policy: Policy, leadingTo next: Standing?
  ) -> Verdict {
    let isDecision = report.final && report.outcome != .inconclusive
    if attention != .none, !isDecision { return .note }
    switch report.outcome {
    case .clear:
      if hits > 0, !report.final {
        attention = .conflictingOutcomes
        lastOutcome = .clear
        nextAttemptAt = nil
      } else {
        clearedAt = now
        screeningsTried = attempt
        if state == .screening {
          state = .verifying
          beginWaiting(at: now)
        } else {
          endWaiting()
        }
      }
    case .hit:
      let isOther = report.provider != "" && hitProvider != "" && report.provider != hitProvider
      if hits == 0 || report.final || isOther || now >= hitAt + policy.confirmationDelay {
        hits += 1
        hitAt = now
        hitProvider = report.provider
        if report.final || hits >= 2 && hits >= policy.hitsToReject {
          end("SCREENING_FAILED")
          return .event(nil)
        }
      }
      if state != .screening, !holds.contains(where: { $0.kind == .risk }) { hold(.risk, "SCREENING_REVIEW", at: now) }
      let delay = hitAt + policy.confirmationDelay - now
      tryAgain(after: .hit, in: delay...delay, at: now, policy, next)
    case .inconclusive:
      var delay = policy.backoffBase
      for _ in 1..<(attempt - attemptsBefore) { delay = min(delay * 2, policy.backoffCap) }
      delay = min(delay, policy.backoffCap)
      tryAgain(after: .inconclusive, in: delay / 2...delay, at: now, policy, next)
    }
    return .event(nil)
  }

  private mutating func tryAgain(
    after outcome: Outcome, in delay: ClosedRange<Int64>, at now: Int64, _ policy: Policy, _ next: Standing?
  ) {
    lastOutcome = outcome
    guard attempt - attemptsBefore < policy.screeningAttempts else {
      attention = .attemptsExhausted
      nextAttemptAt = nil
      return
    }
    attempt += 1
    let told = next?.review?.nextAttemptAt?.microseconds ?? .max
    nextAttemptAt = delay.contains(told &- now) ? told : now + delay.upperBound
  }

  private mutating func request(_ role: Role, at now: Int64, under policy: Policy) -> Verdict {
    guard state == .active || state == .inactive else { return illegal(.requestScreening, role) }
    if isWaiting {
      if attention == .none { return .nothing }
      attemptsBefore = attempt
      attempt += 1
      attention = .none
      since = now
      return .event(nil)
    }
    beginWaiting(at: now)
    attemptsBefore = screeningsTried == 0 ? Int(policy.screeningAttempts) : screeningsTried
    attempt = attemptsBefore + 1
    return .event(nil)
  }

  /// Lives through the clock's word that a deadline may have passed.
  mutating func hearOfDeadline(at now: Int64, under policy: Policy) -> Verdict {
    if state == .initiating || state == .rejected {
      return .refused(.illegalTransition(from: state, command: .passDeadline, allowed: []))
    }
    let duration = state == .verifying ? policy.verificationDeadline : policy.screeningDeadline
    guard isWaiting, attention == .none, duration > 0, now >= since + duration else { return .nothing }
    attention = .deadlinePassed
    nextAttemptAt = nil
    return .event(nil)
  }

  // MARK: - Verifications

  private mutating func verify(_ report: VerificationReport, at now: Int64, under policy: Policy) -> Verdict {
    if let open = session?.reference, open != "", report.reference != "", report.reference != open { return .note }
    switch report.outcome {
    case .approved:
      clearedAt = since
      state = .active
      endWaiting()
    case .declined:
      end("VERIFICATION_DECLINED")
    case .retry:
      if attention != .none { return .note }
      lastOutcome = .retry
      session = nil
      mend = report.reason
      nextAttemptAt = nil
      if attempt < policy.verificationAttempts { attempt += 1 } else { attention = .attemptsExhausted }
    case .expired:
      if session == nil, attention != .none || lastOutcome == .expired { return .note }
      session = nil
      lastOutcome = .expired
    }
    return .event(nil)
  }

  // MARK: - Holds

  private mutating func lift(_ kinds: HoldKinds, _ role: Role) -> Verdict {
    if state == .active { return .nothing }
    guard state == .inactive else { return illegal(.activate, role) }
    if role == .partner, holds.contains(where: { $0.kind == .risk }) { return .refused(.onHold([.risk])) }
    let before = holds.count
    holds.removeAll { kinds.isEmpty || kinds.contains($0.kind) }
    if holds.count == before { return .nothing }
    if holds.isEmpty { state = .active }
    return .event(nil)
  }

  private mutating func hold(_ kind: HoldKind, _ reason: String, at now: Int64) {
    holds.append(Hold(kind: kind, reason: reason, at: Timestamp(microseconds: now)))
    state = .inactive
  }

  // MARK: - Waiting

  private mutating func beginWaiting(at now: Int64) {
    endWaiting()
    isWaiting = true
    since = now
    attempt = 1
  }

  private mutating func endWaiting() {
    isWaiting = false
    attemptsBefore = 0
    nextAttemptAt = nil
    lastOutcome = nil
    attention = .none
    hits = 0
    session = nil
    mend = ""
  }

  private mutating func end(_ reason: String) {
    endWaiting()
    state = .rejected
    rejection = reason
    holds = []
  }
}
