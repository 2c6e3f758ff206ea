internal import System

extension BenchCommands {
  private static let references = Setting(
    "references", .text("DIR"),
    """
    Where the reference programs are: server, load, gh-load, secp, peer-nio, peer-grpc, redis-server, redis-benchmark, \
    etcd, h2load. What is not there is looked for where programs are installed; what is nowhere is said to be missing.
    """)
  private static let budgetRounds = Setting(
    "rounds", .number("N", 1...1000), default: "21",
    """
    How often each figure is measured, in turns with its reference; one call at a time three times as often, and the \
    writes beside watchers five times. After each seven all is begun anew, so that no figure has all its rounds in one \
    bad minute of the machine.
    """)
  private static let budgetDuration = Setting(
    "duration", .duration(1000...3_600_000_000), default: "1s", "How long each measurement of a round is.")

  static let budgets = Subcommand(
    name: "budgets", summary: "measures what has a budget, beside what it is held against",
    discussion: """
      Starts servers of its own and the reference programs, and measures them in turns: machines are shared, and only \
      what was measured side by side can be compared. What is held against the same programs has a fresh server, and \
      each turn waits until that server is through with what the turn before left it to do, a snapshot mostly. Prints \
      each figure, its reference, the ratio in the middle of the rounds, the range of the ratios without the tenth at \
      either end, and whether the budget is met. All data lies in a temporary directory: TMPDIR says on which disk.
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
    let ground = try BenchGround(console)
    let machine = MachineLoad.now()
    let bench = BudgetsBench(ground, programs, extent)
    try bench.run()
    var report = bench.report
    report.machine = .init(directory: scratch.path)
    if let machine, let now = MachineLoad.now() {
      // The servers have ended, and count as children.
      let own = ResourceUsage.processorTime() + ResourceUsage.processorTimeOfChildren()
      report.warnings += now.doubts(since: machine, ownMicroseconds: own)
    }
    if try arguments.isOn(ClientFlags.json) {
      console.print(report.json.text)
    } else {
      for line in report.lines(console.palette) { console.print(line) }
    }
  }
}
