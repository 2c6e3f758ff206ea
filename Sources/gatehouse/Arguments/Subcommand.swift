/// One level of the command line: a command that runs, or a group of commands, or both: a group that runs when none of
/// its commands is named.
struct Subcommand: Sendable {
  /// A word behind the command that is not a flag.
  struct Operand: Sendable {
    /// What stands for it in help: "ID".
    let name: String
    let summary: String
    var isOptional = false
  }

  /// What a command does once its words are understood.
  typealias Action = @Sendable (Arguments, Console) throws(CommandFailure) -> Void

  let name: String
  /// What it does, in one line without a full stop.
  let summary: String
  /// What else there is to know, in sentences; may be empty.
  var discussion = ""
  var operands: [Operand] = []
  var flags: [Flag] = []
  var children: [Subcommand] = []
  /// nil for a group that does nothing by itself.
  var action: Action?

  /// This command and every one below it, each with the words that lead to it.
  func everyCommand(path: [String] = []) -> [(path: [String], command: Subcommand)] {
    let path = path + [name]
    return [(path, self)] + children.flatMap { $0.everyCommand(path: path) }
  }
}
