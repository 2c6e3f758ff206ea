/// The rules of a customer's life, as data: a row for each way that a command may take in a state. A (state x command)
/// cell without a row is refused as an illegal transition.
///
/// `decide` asks this table what is legal; what a legal command then does is decided by what it carries, and never
/// leaves the rows of its cell.
public enum TransitionTable {
  /// Whether a state allows a command.
  @frozen
  public enum Legality: UInt8, Sendable {
    /// The command is an illegal transition.
    case forbidden
    /// The state is behind the one that the command is about. One that names its attempt is late: it is kept and
    /// changes nothing. One about "the present attempt" is an illegal transition, since there is none.
    case late
    /// What the command carries decides.
    case allowed
  }

  /// The rows, ordered by state, then by command.
  public static let rules: [TransitionRule] =
    intake + screening + verification + operation
    + [TransitionRule(.rejected, .reportScreening, late, to: .rejected, .note)]
    + [TransitionRule(.rejected, .startVerification, late, to: .rejected, .note)]
    + [TransitionRule(.rejected, .reportVerification, late, to: .rejected, .note)]

  /// The roles that may give a command, in any state.
  public static func roles(for command: CommandName) -> Roles {
    switch command {
    case .createCustomer, .issueChallenge, .submitChallenge, .activate, .deactivate: [.partner, .platform]
    case .reportScreening, .startVerification, .reportVerification, .reject, .requestScreening: [.platform]
    // The clock's alone: see `decideDeadline`.
    case .passDeadline: []
    }
  }

  /// Whether a state allows a command.
  public static func legality(of command: CommandName, in state: State?) -> Legality {
    cells[cell(state, command)]
  }

  /// What a role may do in a state. Commands that would only be late are not among it.
  public static func allowed(in state: State?, for role: Role) -> CommandNames {
    var commands: CommandNames = []
    for command in CommandName.allCases
    where legality(of: command, in: state) == .allowed && roles(for: command).contains(role) {
      commands.insert(command)
    }
    return commands
  }

  private static let late = "names an attempt"

  private static let intake: [TransitionRule] = [
    TransitionRule(nil, .createCustomer, "", to: .initiating),
    TransitionRule(.initiating, .issueChallenge, "the challenge is alive", to: .initiating, .nothing),
    TransitionRule(.initiating, .issueChallenge, "it has expired, or renew", to: .initiating),
    TransitionRule(.initiating, .submitChallenge, "signed by the wallet", to: .screening),
    TransitionRule(.initiating, .submitChallenge, "by another key, or expired", to: .initiating, .eventAndRefusal),
    TransitionRule(.initiating, .reject, "", to: .rejected),
  ]

  private static let screening: [TransitionRule] = [
    TransitionRule(.screening, .reportScreening, "clear", to: .verifying),
    TransitionRule(.screening, .reportScreening, "hit, confirmed or final", to: .rejected),
    TransitionRule(.screening, .reportScreening, "unconfirmed or inconclusive", to: .screening),
    TransitionRule(.screening, .reportScreening, "another attempt, or not final", to: .screening, .note),
    TransitionRule(.screening, .reject, "", to: .rejected),
    TransitionRule(.screening, .passDeadline, "no person has to look yet", to: .screening),
  ]

  private static let verification: [TransitionRule] = [
    TransitionRule(.verifying, .reportScreening, late, to: .verifying, .note),
    TransitionRule(.verifying, .startVerification, "a new session", to: .verifying),
    TransitionRule(.verifying, .startVerification, "the session that is open", to: .verifying, .nothing),
    TransitionRule(.verifying, .startVerification, "another attempt", to: .verifying, .note),
    TransitionRule(.verifying, .reportVerification, "approved", to: .active),
    TransitionRule(.verifying, .reportVerification, "declined", to: .rejected),
    TransitionRule(.verifying, .reportVerification, "retry or expired", to: .verifying),
    TransitionRule(.verifying, .reportVerification, "another attempt or session", to: .verifying, .note),
    TransitionRule(.verifying, .reject, "", to: .rejected),
    TransitionRule(.verifying, .passDeadline, "no person has to look yet", to: .verifying),
  ]

  private static let operation: [TransitionRule] = [
    TransitionRule(.active, .reportScreening, "clear or inconclusive", to: .active),
    TransitionRule(.active, .reportScreening, "hit, unconfirmed", to: .inactive),
    TransitionRule(.active, .reportScreening, "hit, confirmed or final", to: .rejected),
    TransitionRule(.active, .reportScreening, "another attempt, or not final", to: .active, .note),
    TransitionRule(.active, .startVerification, late, to: .active, .note),
    TransitionRule(.active, .reportVerification, late, to: .active, .note),
    TransitionRule(.active, .activate, "", to: .active, .nothing),
    TransitionRule(.active, .deactivate, "", to: .inactive),
    TransitionRule(.active, .reject, "", to: .rejected),
    TransitionRule(.active, .requestScreening, "none open, or for a person", to: .active),
    TransitionRule(.active, .requestScreening, "one is open", to: .active, .nothing),
    TransitionRule(.active, .passDeadline, "of the screening that is open", to: .active),
    TransitionRule(.inactive, .reportScreening, "clear, hit or inconclusive", to: .inactive),
    TransitionRule(.inactive, .reportScreening, "hit, confirmed or final", to: .rejected),
    TransitionRule(.inactive, .reportScreening, "another attempt, or not final", to: .inactive, .note),
    TransitionRule(.inactive, .startVerification, late, to: .inactive, .note),
    TransitionRule(.inactive, .reportVerification, late, to: .inactive, .note),
    TransitionRule(.inactive, .activate, "no hold is left", to: .active),
    TransitionRule(.inactive, .activate, "a hold is left", to: .inactive),
    TransitionRule(.inactive, .activate, "no such hold is open", to: .inactive, .nothing),
    TransitionRule(.inactive, .deactivate, "another kind", to: .inactive),
    TransitionRule(.inactive, .deactivate, "the same kind", to: .inactive, .nothing),
    TransitionRule(.inactive, .reject, "", to: .rejected),
    TransitionRule(.inactive, .requestScreening, "none open, or for a person", to: .inactive),
    TransitionRule(.inactive, .requestScreening, "one is open", to: .inactive, .nothing),
    TransitionRule(.inactive, .passDeadline, "of the screening that is open", to: .inactive),
  ]

  /// What the rows say of each cell: late where they only note, and never in the state that the command is about.
  private static let cells: [Legality] = {
    var cells = [Legality](repeating: .forbidden, count: 7 * columns)
    for rule in rules {
      let index = cell(rule.from, rule.command)
      if rule.effect != .note {
        cells[index] = .allowed
      } else if cells[index] == .forbidden {
        cells[index] = .late
      }
    }
    return cells
  }()

  /// Commands are numbered from 1, and below what their sets hold.
  private static let columns = 16

  private static func cell(_ state: State?, _ command: CommandName) -> Int {
    Int(state?.rawValue ?? 0) * columns + Int(command.rawValue)
  }
}
