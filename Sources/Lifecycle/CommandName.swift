/// Which command. Raw values are the numbers of `gatehouse.v1.Command`.
@frozen
public enum CommandName: UInt8, CaseIterable, Sendable {
  case createCustomer = 1
  /// GetChallenge: issues a new challenge when the present one has expired, or when asked to.
  case issueChallenge = 2
  case submitChallenge = 3
  case reportScreening = 4
  case startVerification = 5
  case reportVerification = 6
  case activate = 7
  case deactivate = 8
  case reject = 9
  case requestScreening = 10
  /// No call: the clock's word that the state's deadline has passed.
  case passDeadline = 11

  /// The name on the wire without its prefix, such as `CREATE_CUSTOMER`.
  public var name: String {
    switch self {
    case .createCustomer: "CREATE_CUSTOMER"
    case .issueChallenge: "ISSUE_CHALLENGE"
    case .submitChallenge: "SUBMIT_CHALLENGE"
    case .reportScreening: "REPORT_SCREENING"
    case .startVerification: "START_VERIFICATION"
    case .reportVerification: "REPORT_VERIFICATION"
    case .activate: "ACTIVATE"
    case .deactivate: "DEACTIVATE"
    case .reject: "REJECT"
    case .requestScreening: "REQUEST_SCREENING"
    case .passDeadline: "PASS_DEADLINE"
    }
  }
}

/// A set of commands.
public typealias CommandNames = EnumSet<CommandName>
