internal import GatehouseAPI
internal import System

/// Measures what has budgets, in turns with the programs that it is held against.
final class BudgetsBench {
  /// How much of each is measured.
  struct Extent: Sendable {
    var rounds: Int
    /// Of each measurement in a round, in nanoseconds.
    var nanoseconds: UInt64
    /// That the store is made of whose opening and memory are measured.
    var customers: Int

    var seconds: Double { Double(nanoseconds) / 1e9 }
  }

  /// A reference, and how a round of it is measured.
  typealias Turn = (budget: Budget, reference: () throws(ReferencePrograms.Missing) -> Double)

  /// As large as the frame of a CreateCustomer, and as a GetCustomer by external id.
  private static let createBytes = 180
  private static let getBytes = 80
  /// What a creation adds to the log.
  private static let recordBytes = 200
  /// What the C server fills with zeros before, and writes round in.
  static let logMebibytes = 64
  /// Calls of Redis's own benchmark in a round: about as long as the other measurements.
  private static let redisCalls = 200_000
  private static let watchers = 1000
  /// Writes a second while it is measured how far watchers slow them.
  private static let watchedRate = 500.0
  /// Rounds of it for each round of the others, each a window without watchers and one with them. What slows a shared
  /// disk mostly outlasts a window, so that it meets both of a pair. Still one ratio spreads by a factor of 4.6, and
  /// the middle of 100 by 7 % of itself, which is too near to the tenth that the budget leaves; that of twice as many
  /// by 5 %.
  private static let watchedPairs = 10
  /// Rounds of one call at a time for each round of the others: its p50 is that of the disk, which wanders by a third
  /// from one second to the next, and the budget leaves a tenth.
  private static let oneCallPairs = 3
  /// Rounds before all is begun anew. A round of creations leaves a million customers, which memory has to hold; and
  /// the disk has bad minutes, which should not fall into all the rounds of one figure.
  private static let roundsOfSitting = 7

  let ground: BenchGround
  let references: ReferencePrograms
  let extent: Extent
  private(set) var report = BudgetReport()
  /// Those of the sitting, of all that are asked for.
  private(set) var rounds = 0..<0

  init(_ ground: BenchGround, _ references: ReferencePrograms, _ extent: Extent) {
    self.ground = ground
    self.references = references
    self.extent = extent
  }

  var customers: Int { extent.customers }
  var isInterrupted: Bool { ground.interruption.isRaised }
  /// A directory on the disk that is measured.
  var scratch: String { references.scratch }

  func add(_ measured: [Budget]) {
    report.add(measured)
  }

  func run() throws(CommandFailure) {
    for first in stride(from: 0, to: extent.rounds, by: Self.roundsOfSitting) where !isInterrupted {
      rounds = first..<min(first + Self.roundsOfSitting, extent.rounds)
      try sit()
    }
    ground.progress.end()
  }

  private func sit() throws(CommandFailure) {
    try onOwnServer(creationsOfCrowd)
    try onOwnServer(creationsOfFifty)
    try onOwnServer(creationsOfOne)
    try onOwnServer(lookups)
    try signatures()
    try onOwnServer(watching)
    try onOwnServer(watchedWrites)
    try idling()
    try opening()
  }

  /// Measures on a fresh server, so that a figure does not depend on how much was measured before it: the creations of
  /// a few rounds are millions of customers.
  private func onOwnServer(_ measure: (BenchSession) throws(CommandFailure) -> Void) throws(CommandFailure) {
    guard !isInterrupted else { return }
    try ground.withOwnServer { session throws(CommandFailure) in
      try measure(session)
      report.warnings += session.warnings.filter { !report.warnings.contains($0) }
    }
  }

  // MARK: - In turns

  /// Measures round after round, the figure and then each reference. A reference that cannot be measured is left out.
  ///
  /// - Parameters:
  ///   - session: on the server that is loaded; what a turn left it to do is no part of the next one.
  ///   - times: rounds of this for each round of the others.
  private func inTurns(
    _ session: BenchSession?, _ turns: [Turn], times: Int = 1, _ figure: () throws(CommandFailure) -> Double?
  ) throws(CommandFailure) {
    var measured = turns.map(\.budget)
    for round in rounds.lowerBound * times..<rounds.upperBound * times where !isInterrupted {
      guard measured.contains(where: { $0.obstacle == nil }) else { break }
      ground.progress.begin("\(measured[0].what), \(round + 1) of \(extent.rounds * times)")
      session?.subject.settle()
      guard let value = try figure() else { continue }
      for (index, turn) in turns.enumerated() where measured[index].obstacle == nil {
        session?.subject.settle()
        do throws(ReferencePrograms.Missing) {
          measured[index].rounds.append(Budget.Round(figure: value, reference: try turn.reference()))
        } catch {
          measured[index].obstacle = error.reason
        }
      }
    }
    add(measured)
  }

  /// Something that cannot be started is an obstacle of every round.
  func started(
    _ start: () throws(ReferencePrograms.Missing) -> ReferenceServer
  ) -> Result<ReferenceServer, ReferencePrograms.Missing> {
    do throws(ReferencePrograms.Missing) {
      return .success(try start())
    } catch {
      return .failure(error)
    }
  }

  // MARK: - Calls

  /// The C server that appends to a log, flushes it for all who wait, and parses nothing.
  private func groupCommit() -> Result<ReferenceServer, ReferencePrograms.Missing> {
    started { () throws(ReferencePrograms.Missing) in
      try references.serve("server") {
        ["wal", "\($0)", "\(references.scratch)/reference.log-file", "\(Self.logMebibytes)"]
      }
    }
  }

  private func byGroupCommit(_ what: String, _ requirement: Budget.Requirement, _ load: ScenarioResult.Load) -> Turn {
    let log = groupCommit()
    return (
      Budget(what: what, unit: .rate, requirement: requirement, reference: "C group commit"),
      { () throws(ReferencePrograms.Missing) in try self.loaded(log.get(), load, Self.createBytes).rate }
    )
  }

  private func byRedis(_ what: String, _ requirement: Budget.Requirement, _ load: ScenarioResult.Load) -> Turn {
    let redis = started { () throws(ReferencePrograms.Missing) in try references.serveRedis() }
    return (
      Budget(what: what, unit: .rate, requirement: requirement, reference: "Redis SET, always"),
      { () throws(ReferencePrograms.Missing) in
        try self.references.loadRedis(redis.get(), load, valueBytes: Self.recordBytes, calls: Self.redisCalls).rate
      }
    )
  }

  private func creationsOfCrowd(_ session: BenchSession) throws(CommandFailure) {
    let load = ScenarioResult.Load(connections: 50, inFlight: 64)
    let name = "CreateCustomer, \(load.text)"
    try inTurns(
      session,
      [
        byGroupCommit(name, .atLeast(0.20), load), byRedis(name, .atLeast(1.5), load),
        byGRPC(name, .atLeast(50), load), byEtcd(name, .atLeast(1), load, valueBytes: Self.recordBytes),
        byGatehouseLoad(session, name, load, .create),
      ]
    ) { () throws(CommandFailure) in try run(session, .create, load)?.rate }
  }

  private func creationsOfFifty(_ session: BenchSession) throws(CommandFailure) {
    let load = ScenarioResult.Load(connections: 50, inFlight: 1)
    let name = "CreateCustomer, \(load.text)"
    try inTurns(
      session, [byGroupCommit(name, .atLeast(0.70), load), byGatehouseLoad(session, name, load, .create)]
    ) { () throws(CommandFailure) in try run(session, .create, load)?.rate }
  }

  private func creationsOfOne(_ session: BenchSession) throws(CommandFailure) {
    let load = ScenarioResult.Load(connections: 1, inFlight: 1)
    let latency = Budget(
      what: "CreateCustomer, \(load.text), p50", unit: .nanoseconds, requirement: .atMost(1.1),
      reference: "C group commit")
    let log = groupCommit()
    let turn: Turn = (
      latency,
      { () throws(ReferencePrograms.Missing) in
        guard let p50 = try self.loaded(log.get(), load, Self.createBytes).p50 else {
          throw ReferencePrograms.Missing(reason: "load does not tell its p50")
        }
        return p50
      }
    )
    try inTurns(session, [turn], times: Self.oneCallPairs) { () throws(CommandFailure) in
      try run(session, .create, load).map { Double($0.latency.percentile(50)) }
    }
  }

  private func lookups(_ session: BenchSession) throws(CommandFailure) {
    let many = ScenarioResult.Load(connections: 50, inFlight: 64)
    let name = "GetCustomer, \(many.text)"
    func echo(
      _ requirement: Budget.Requirement, _ reference: String, _ program: String, _ words: @escaping (UInt16) -> [String]
    ) -> Turn {
      let server = started { () throws(ReferencePrograms.Missing) in try references.serve(program, words) }
      return (
        Budget(what: name, unit: .rate, requirement: requirement, reference: reference),
        { () throws(ReferencePrograms.Missing) in try self.loaded(server.get(), many, Self.getBytes).rate }
      )
    }
    // Before the first turn, of which it is no part.
    try session.populate(settings(.get))
    try inTurns(
      session,
      [
        echo(.atLeast(0.20), "C echo", "server") { ["echo", "\($0)"] },
        echo(.atLeast(0.50), "SwiftNIO echo", "peer-nio") { ["\($0)"] },
        byGatehouseLoad(session, name, many, .lookUp),
      ]
    ) { () throws(CommandFailure) in try run(session, .get, many)?.rate }
  }

  private func loaded(
    _ server: ReferenceServer, _ load: ScenarioResult.Load, _ bytes: Int
  ) throws(ReferencePrograms.Missing) -> ReferencePrograms.Figures {
    try references.load(server, load, frameBytes: bytes, seconds: extent.seconds)
  }

  /// One measurement of a scenario; nil when it was interrupted.
  private func run(
    _ session: BenchSession, _ scenario: LoadScenario, _ load: ScenarioResult.Load
  ) throws(CommandFailure) -> ScenarioRun? {
    var settings = settings(scenario)
    settings.connections = load.connections
    settings.inFlight = [load.inFlight]
    settings.rates = load.rate.map { [$0] } ?? []
    return try scenario.measure(session, settings.shapes[0], settings).first?.runs.first
  }

  private func settings(_ scenario: LoadScenario) -> LoadSettings {
    var settings = LoadSettings(scenario)
    settings.extent = .time(extent.nanoseconds)
    settings.repetitions = 1
    return settings
  }

  private func signatures() throws(CommandFailure) {
    let bench = SignatureBench()
    let timer = StepTimer(nanoseconds: extent.nanoseconds, repetitions: 1)
    let budget = Budget(
      what: "signature check", unit: .nanoseconds, requirement: .atMost(3), reference: "libsecp256k1 recover")
    let references = references
    try inTurns(nil, [(budget, { () throws(ReferencePrograms.Missing) in try references.recovery() })]) {
      bench.run(timer).first?.latency.mean
    }
  }

  private func watching(_ session: BenchSession) throws(CommandFailure) {
    var settings = settings(.watch)
    settings.watchers = [Self.watchers]
    settings.rates = []
    let delivered = Budget(
      what: "events to \(FigureText.grouped(Self.watchers)) watchers", unit: .rate, requirement: .atLeast(1),
      reference: "the number itself")
    try inTurns(session, [(delivered, { 1_000_000 })]) { () throws(CommandFailure) in
      try LoadScenario.watch.measure(session, settings.shapes[0], settings).first?.runs.first?.rate
    }
  }

  private func watchedWrites(_ session: BenchSession) throws(CommandFailure) {
    var settings = settings(.watch)
    settings.rates = [Self.watchedRate]
    settings.watchers = [0, Self.watchers]
    let slowed = Budget(
      what: "p99 of writes, \(FigureText.grouped(Self.watchers)) watchers", unit: .nanoseconds,
      requirement: .atMost(1.1),
      reference: "the same without watchers")
    var alone = 0.0
    try inTurns(session, [(slowed, { alone })], times: Self.watchedPairs) { () throws(CommandFailure) in
      // The rows of the writes, in the order of the numbers of watchers.
      let writes = try LoadScenario.watch.measure(session, settings.shapes[0], settings)
        .filter { $0.name == LoadScenario.watchedWrites }.compactMap(\.runs.first)
      guard writes.count == 2 else { return nil }
      alone = Double(writes[0].latency.percentile(99))
      return Double(writes[1].latency.percentile(99))
    }
  }
}
