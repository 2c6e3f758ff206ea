internal import Journal
internal import System

/// Measures what this program does on this machine.
enum BenchCommands {
  static let group = Subcommand(
    name: "bench", summary: MainBench.summary, discussion: MainBench.discussion, flags: MainBench.flags,
    children: LoadScenario.all.map(LoadCommands.command) + [recover] + computing + [floor, budgets, compare, draw],
    action: MainBench.run)

  /// Beyond, slots would run out before the memory does on any machine that this is for.
  static let mostCustomers: UInt64 = 100_000_000

  static let customers = Setting(
    "customers", .number("N", 1...mostCustomers), default: "1000000", "How many customers the store is made of.")
  static let eventsPerCustomer = Setting(
    "events-per-customer", .number("N", 1...1000), default: "1",
    "How many events each customer has gone through, the creation among them.")
  static let keys = Switch("keys", "Gives each call an idempotency key.")
  static let rounds = Setting("rounds", .number("N", 1...1000), default: "5", "How often each row is measured.")
  static let directory = Setting(
    "directory", .text("DIR"),
    """
    Where the store is made, and stays. A store that is there already is measured as it is, by its log or by its \
    snapshot if it has one. A temporary directory unless given.
    """)

  static let recover = Subcommand(
    name: "recover", summary: "measures how fast a store is opened, and what memory it takes",
    discussion: """
      Makes a store, closes it and opens it again and again: by replaying its log, in turns with what the journal does \
      of that by itself, then from a snapshot. Prints the round in the middle of each row. Rates are for a second of \
      processor time, all threads and the kernel's part included: what one core does. Bytes are of resident memory \
      that the open store adds.
      """,
    flags: [
      customers.flag, eventsPerCustomer.flag, keys.flag, rounds.flag, directory.flag, ClientFlags.json.flag,
    ]
  ) { arguments, console throws(CommandFailure) in
    let sample = StoreSample(
      customers: Int(try arguments.value(customers) ?? 1),
      eventsPerCustomer: Int(try arguments.value(eventsPerCustomer) ?? 1),
      hasKeys: try arguments.isOn(keys))
    let rounds = Int(try arguments.value(rounds) ?? 1)
    let measured: RecoveryBench
    if let path = try arguments.value(directory) {
      measured = try RecoveryBench(directory: path, sample: sample, rounds: rounds)
    } else {
      let cleanup = try interruptible()
      let directory = try temporaryDirectory()
      cleanup.leave(process: nil, directory: directory.path)
      measured = try RecoveryBench(directory: "\(directory.path)/store", sample: sample, rounds: rounds)
      cleanup.leave(process: nil, directory: nil)
    }
    if try arguments.isOn(ClientFlags.json) {
      console.print(measured.json.text)
    } else {
      for line in measured.lines(console.palette) { console.print(line) }
    }
  }

  private static func interruptible() throws(CommandFailure) -> DemoCleanup {
    do {
      return try DemoCleanup()
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
  }

  static func temporaryDirectory() throws(CommandFailure) -> TemporaryDirectory {
    do {
      return try TemporaryDirectory(prefix: "gatehouse-bench-")
    } catch {
      throw CommandFailure(.failure, "cannot make a temporary directory: \(error)")
    }
  }
}
