internal import Lifecycle

/// The rules of a customer's life, as the server applies them.
enum TransitionsCommand {
  static let command = Subcommand(
    name: "transitions", summary: "prints the (state x command) table",
    discussion: """
      A command that has no row in a state is refused as ILLEGAL_TRANSITION. "note" keeps a report in the journal and \
      changes nothing.
      """,
    flags: [ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    if try arguments.isOn(ClientFlags.json) {
      for rule in TransitionTable.rules { console.print(json(rule).text) }
    } else {
      for line in TransitionTable.lines { console.print(line) }
    }
  }

  private static func json(_ rule: TransitionRule) -> JSON {
    .members([
      "from": rule.from.map { .string($0.name) } ?? .null, "command": .string(rule.command.name),
      "condition": .string(rule.condition), "to": .string(rule.to.name), "effect": .string(rule.effect.name),
      "roles": .array(rule.roles.elements.map { .string($0.name) }),
    ])
  }
}
