internal import System

extension BenchCommands {
  private static let references = Setting(
    "references", .text("DIR"),
    """
    Where the reference programs are: server, load, gh-load, secp, peer-nio, peer-grpc, redis-server, redis-benchmark, \
    h2load. What is not there is looked for where programs are installed; what is nowhere is said to be missing.
    """)
  private static let budgetRounds = Setting(
    "rounds", .number("N", 1...1000), default: "5", "How often each figure is measured, in turns with its reference.")
  private static let budgetDuration = Setting(
    "duration", .duration(1000...3_600_000_000), default: "2s", "How long each measurement of a round is.")

  static let budgets = Subcommand(
    name: "budgets", summary: "measures what has a budget, beside what it is held against",
    discussion: """
      Starts a server of its own and the reference programs, and measures them in turns: machines are shared, and only \
      what was measured side by side can be compared. Prints each figure, its reference, the ratio in the middle of \
      the rounds, and whether the budget is met. All data lies in a temporary directory: TMPDIR says on which disk.
      """,
    flags: [references.flag, budgetRounds.flag, budgetDuration.flag, customers.flag, ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    let extent = BudgetsBench.Extent(
      rounds: Int(try arguments.required(budgetRounds)),
      nanoseconds: UInt64(try arguments.required(budgetDuration)) * 1000,
      customers: Int(try arguments.required(customers)))
    let given = try arguments.value(references)
    let scratch = try temporaryDirectory()
    let programs = ReferencePrograms(
      directory: given, scratch: scratch.path, searchPath: console.environment("PATH") ?? "")
    var report = BudgetReport(machine: .init(directory: scratch.path))
    try LoadCommands.withSession(arguments, console) { session throws(CommandFailure) in
      let (machine, usage) = (MachineLoad.now(), session.subject.usage())
      let bench = BudgetsBench(session, programs, extent)
      try bench.run()
      report.budgets = bench.budgets
      report.warnings = session.warnings
      let used = session.subject.usage() - usage
      if let machine, let now = MachineLoad.now() {
        report.warnings += now.doubts(
          since: machine,
          ownMicroseconds: used.clientProcessor + (used.serverProcessor ?? 0) + ResourceUsage.processorTimeOfChildren())
      }
    }
    if try arguments.isOn(ClientFlags.json) {
      console.print(report.json.text)
    } else {
      for line in report.lines(console.palette) { console.print(line) }
    }
  }
}
