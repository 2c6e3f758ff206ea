internal import GatehouseAPI
internal import System

// What is measured without load: a server with nothing to do, and a store that is opened.

extension BudgetsBench {
  /// How long it is watched whether a server without calls does anything, in microseconds.
  private static let idleTime: Int64 = 1_000_000
  /// How long it may rest from its start, before it counts as idle, in microseconds.
  private static let settlingTime: Int64 = 1_000_000
  /// How long the first answer may take, in microseconds.
  private static let patience: Int64 = 10_000_000

  func idling() throws(CommandFailure) {
    func budget(_ what: String, _ unit: Budget.Unit, _ reference: String) -> Budget {
      Budget(what: what, unit: unit, requirement: .atMost(1), reference: reference)
    }
    var start = budget("start to first answer", .nanoseconds, "100 ms")
    var memory = budget("resident memory of an empty store", .bytes, "20 MB")
    var processor = budget("processor of an idle server", .processors, "0.5 % of one")
    for round in rounds where !isInterrupted {
      let began = MonotonicClock.now()
      let server = try ServerChild(
        ["--listen", "127.0.0.1:0", "--data", "\(scratch)/idle-\(round)"], logFile: "\(scratch)/idle.log")
      let session = ServerSession(address: server.address, token: nil, timeout: Self.patience)
      let _: GatehouseV1.GetStatusResponse = try session.call(.adminServiceGetStatus, GatehouseV1.GetStatusRequest())
      start.rounds.append(Budget.Round(figure: Double(MonotonicClock.now() - began), reference: 1e8))
      MonotonicClock.wait(microseconds: Self.settlingTime)
      let before = ProcessUsage.processorTime(of: server.processIdentifier)
      MonotonicClock.wait(microseconds: Self.idleTime)
      if let before, let after = ProcessUsage.processorTime(of: server.processIdentifier),
        let resident = ProcessUsage.residentBytes(of: server.processIdentifier)
      {
        processor.rounds.append(
          Budget.Round(figure: Double(after - before) / Double(Self.idleTime), reference: 0.005))
        memory.rounds.append(Budget.Round(figure: Double(resident), reference: 20e6))
      }
      _ = server.stop()
    }
    add([start, memory, processor])
  }

  /// Replaying a log of creations, and opening from a snapshot; what a customer takes in memory.
  func opening() throws(CommandFailure) {
    guard !isInterrupted else { return }
    let sample = StoreSample(customers: customers, eventsPerCustomer: 1, hasKeys: false)
    let bench = try RecoveryBench(
      directory: "\(scratch)/opening-\(rounds.lowerBound)", sample: sample, rounds: rounds.count)
    let size = FigureText.grouped(bench.customers)
    var replay = Budget(
      what: "replaying \(size) events", unit: .rate, requirement: .atLeast(1), reference: "1,000,000/s")
    var memory = Budget(
      what: "memory a customer, of \(size)", unit: .bytes, requirement: .atMost(1), reference: "400 B")
    // Ten million customers in fifteen seconds.
    var snapshot = Budget(
      what: "opening a snapshot of \(size)", unit: .rate, requirement: .atLeast(1), reference: "666,667 customers/s")
    for row in bench.openings {
      let rates = row.samples.map { Double(row.count) * 1e6 / Double(max($0.microseconds, 1)) }
      if row.things == "events" {
        replay.rounds = rates.map { Budget.Round(figure: $0, reference: 1e6) }
        memory.rounds = row.samples.map {
          Budget.Round(figure: Double($0.residentBytes) / Double(max(bench.customers, 1)), reference: 400)
        }
      } else {
        snapshot.rounds = rates.map { Budget.Round(figure: $0, reference: 10e6 / 15) }
      }
    }
    add([replay, snapshot, memory])
  }
}
