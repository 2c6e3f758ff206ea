/// Decides what becomes of a command. The same arguments always give the same decision.
///
/// Permission comes first and does not depend on the state: the role, then the kinds of hold that the command names.
/// Then the `TransitionTable` says whether the state allows the command; then what the command carries decides.
///
/// - Parameters:
///   - standing: where the customer stands; nil where there is none yet.
///   - now: the time of the event that may come of it; never earlier than that of the customer's last one.
///   - jitter: a random number; spreads the times at which screenings are tried again.
public func decide(
  _ standing: Standing?,
  _ command: Command,
  by role: Role,
  at now: Timestamp,
  under policy: Policy,
  jitter: UInt64
) -> Decision {
  if let refusal = command.refusal(for: role) { return .refused(refusal) }
  // A closure: what is allowed instead is looked up only for a refusal.
  let illegal = { Decision.refused(.illegalTransition(command.name, from: standing?.state, by: role)) }
  switch TransitionTable.legality(of: command.name, in: standing?.state) {
  case .forbidden: return illegal()
  case .late: return command.attempt == 0 ? illegal() : .noted
  case .allowed: break
  }
  let circumstances = Circumstances(role: role, now: now, policy: policy, jitter: jitter)
  switch (standing, command) {
  case (nil, .createCustomer(let nonce)):
    return .change(.initiating(Proof(nonce: nonce, issuedAt: now.wholeSecond)), refusal: nil)
  case (.initiating(let proof), .issueChallenge(let nonce, let renew)):
    return proof.decideIssue(nonce, renew: renew, in: circumstances)
  case (.initiating(let proof), .submitChallenge(let submitted, let replacement)):
    return proof.decideSubmit(submitted, replacement: replacement, in: circumstances)
  case (.screening(let review), .reportScreening(let report)):
    return review.decideScreening(report, in: circumstances)
  case (.verifying(let review), .startVerification(let attempt, let session)):
    return review.decideSession(session, attempt: attempt)
  case (.verifying(let review), .reportVerification(let report)):
    return review.decideVerification(report, in: circumstances)
  case (.active, .activate):
    return .unchanged
  case (.inactive(let holds, let monitoring), .activate(let kinds)):
    return decideLift(kinds, from: holds, monitoring, in: circumstances)
  case (.active(let monitoring), .deactivate(let kind, let reason)):
    return decidePlace(kind, reason: reason, onto: [], monitoring, in: circumstances)
  case (.inactive(let holds, let monitoring), .deactivate(let kind, let reason)):
    return decidePlace(kind, reason: reason, onto: holds, monitoring, in: circumstances)
  case (.active(let monitoring), .requestScreening):
    return monitoring.decideRequest(holds: [], in: circumstances)
  case (.inactive(let holds, let monitoring), .requestScreening):
    return monitoring.decideRequest(holds: holds, in: circumstances)
  case (.active(let monitoring), .reportScreening(let report)):
    return monitoring.decideReport(report, holds: [], in: circumstances)
  case (.inactive(let holds, let monitoring), .reportScreening(let report)):
    return monitoring.decideReport(report, holds: holds, in: circumstances)
  case (_, .reject(let reason)):
    return .change(.rejected(reason: reason), refusal: nil)
  case (_, _):
    // Not in the table, so refused above; `TransitionTableTests` walks every cell.
    return illegal()
  }
}

/// What can be said of a SubmitChallenge before its signature is checked, which is by far the dearest part of it: nil
/// where the signature decides. `decide` says the same first, so a caller may leave this out.
public func precheckSubmit(
  _ standing: Standing?,
  replacement: Nonce,
  by role: Role,
  at now: Timestamp,
  under policy: Policy
) -> Decision? {
  guard TransitionTable.roles(for: .submitChallenge).contains(role) else { return .refused(.roleNotAllowed) }
  guard case .initiating(let proof) = standing else {
    return .refused(.illegalTransition(.submitChallenge, from: standing?.state, by: role))
  }
  return proof.precheckSubmit(
    replacement: replacement, in: Circumstances(role: role, now: now, policy: policy, jitter: 0)
  )
}
