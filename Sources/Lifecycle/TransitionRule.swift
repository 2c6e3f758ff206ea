/// A row of the transition table: what a command may do to a customer in a state.
public struct TransitionRule: Hashable, Sendable {
  /// What comes of a command besides the state.
  @frozen
  public enum Effect: UInt8, CaseIterable, Sendable {
    /// One event; the command is granted.
    case event
    /// One event; the command is refused all the same.
    case eventAndRefusal
    /// No event; the command is granted.
    case nothing
    /// No event; the command is granted and its report is kept in the journal.
    case note

    /// The effect in a word or two, as printed.
    public var name: String {
      switch self {
      case .event: "event"
      case .eventAndRefusal: "event, refused"
      case .nothing: "nothing"
      case .note: "note"
      }
    }
  }

  /// The state before; nil where there is no customer yet.
  public let from: State?
  /// The command.
  public let command: CommandName
  /// When the row holds; empty where it always does.
  public let condition: String
  /// The state after.
  public let to: State
  /// What comes of it besides.
  public let effect: Effect

  init(_ from: State?, _ command: CommandName, _ condition: String, to: State, _ effect: Effect = .event) {
    self.from = from
    self.command = command
    self.condition = condition
    self.to = to
    self.effect = effect
  }

  /// The roles that may give the command.
  public var roles: Roles { TransitionTable.roles(for: command) }
}
