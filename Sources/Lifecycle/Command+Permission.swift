extension Command {
  /// Why the role may not give the command in any state; nil where it may.
  func refusal(for role: Role) -> Refusal? {
    guard TransitionTable.roles(for: name).contains(role) else { return .roleNotAllowed }
    let named: HoldKinds
    let permitted: HoldKinds
    switch self {
    case .activate(let kinds):
      named = kinds
      permitted = role.liftableHolds
    case .deactivate(.some(let kind), _):
      named = [kind]
      permitted = role.placeableHolds
    case .deactivate(nil, _), .createCustomer, .issueChallenge, .submitChallenge, .reportScreening,
      .startVerification, .reportVerification, .reject, .requestScreening:
      return nil
    }
    return named.subtracting(permitted).first.map(Refusal.holdKindNotAllowed)
  }

  /// The attempt that the command is about, where it is about one; 0 means the present one.
  var attempt: UInt32 {
    switch self {
    case .reportScreening(let report): report.attempt
    case .startVerification(let attempt, _): attempt
    case .reportVerification(let report): report.attempt
    case .createCustomer, .issueChallenge, .submitChallenge, .activate, .deactivate, .reject, .requestScreening: 0
    }
  }
}

extension Refusal {
  /// The state does not allow the command, at least not now; says what else it allows the role.
  static func illegalTransition(_ command: CommandName, from state: State?, by role: Role) -> Refusal {
    let allowed = TransitionTable.allowed(in: state, for: role).subtracting([command])
    return .illegalTransition(from: state, command: command, allowed: allowed)
  }
}
