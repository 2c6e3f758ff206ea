extension Subcommand {
  /// Everything that the program does.
  static let root = Subcommand(
    name: "gatehouse", summary: "the life of a customer of a company that issues accounts and cards on crypto wallets",
    discussion: """
      "gatehouse demo" shows the whole of it. "gatehouse serve" runs the server; most other commands are clients of one.
      """,
    children: [ServeCommand.command]
      + CustomerCommands.all + HoldCommands.all + WatchCommands.all + ReviewCommands.all
      + [
        SimulatorCommands.group, TransitionsCommand.command, TokenCommands.group, WalletCommands.group,
        LogCommands.group, BenchCommands.group, DemoCommand.command,
      ])

  static let version = "0.1.0"
}
