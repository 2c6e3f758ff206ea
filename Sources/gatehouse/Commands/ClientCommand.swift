internal import GatehouseAPI
internal import ProtobufWire

/// What a client command works with: its words, a connection to the server, and where its answer goes.
struct ClientCommand {
  let arguments: Arguments
  let session: ServerSession
  let printer: AnswerPrinter

  /// The text of an operand that the declaration makes sure of.
  var customerID: String { arguments.operands[0] }

  /// The text of a flag; empty, as the wire has it, when it is not given.
  func text(_ setting: Setting<String>) throws(CommandFailure) -> String {
    try arguments.value(setting) ?? ""
  }

  /// The number of a flag; 0, as the wire has it, when it is not given.
  func number(_ setting: Setting<UInt64>) throws(CommandFailure) -> UInt64 {
    try arguments.value(setting) ?? 0
  }

  /// The attempt that a report is about.
  func attempt() throws(CommandFailure) -> UInt32 {
    UInt32(truncatingIfNeeded: try number(ClientFlags.attempt))
  }

  /// The states that a flag names.
  func states(_ setting: Setting<String>) throws(CommandFailure) -> [GatehouseV1.CustomerState] {
    try arguments.values(setting).compactMap { GatehouseV1.CustomerState(name: "CUSTOMER_STATE_\($0.uppercased())") }
  }
}

extension Subcommand {
  /// A command that calls a server: takes the flags for that, connects, and runs.
  static func client(
    _ name: String,
    _ summary: String,
    discussion: String = "",
    operands: [Operand] = [],
    flags: [Flag] = [],
    run: @escaping @Sendable (ClientCommand) throws(CommandFailure) -> Void
  ) -> Subcommand {
    Subcommand(
      name: name, summary: summary, discussion: discussion, operands: operands, flags: flags + ClientFlags.connection,
      action: { arguments, console throws(CommandFailure) in
        let session = try ServerSession(arguments)
        let printer = AnswerPrinter(console: console, isJSON: try arguments.isOn(ClientFlags.json))
        try run(ClientCommand(arguments: arguments, session: session, printer: printer))
      })
  }
}
