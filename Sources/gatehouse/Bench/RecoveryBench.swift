internal import Journal
internal import Lifecycle
internal import Store
internal import System
internal import Wallet

/// How fast a store is opened: by replaying its log, with the journal's own reading as the floor, and from a snapshot.
struct RecoveryBench: Sendable {
  /// What one opening took.
  struct Sample: Equatable, Sendable {
    /// Of all threads, in the program and in the kernel.
    var processorMicroseconds: Int64
    var microseconds: Int64
    /// How much more memory is resident than before.
    var residentBytes: Int
  }

  /// One way of opening, measured several times.
  struct Row: Equatable, Sendable {
    var name: String
    /// What `samples` are a rate of: "events", for all but a snapshot.
    var things: String
    var count: Int
    /// Bytes that are read.
    var bytes: Int
    var samples: [Sample] = []

    /// The sample in the middle by processor time; the time, which others on the machine disturb, and the memory are
    /// each the middle of their own.
    var median: Sample {
      func middle<Value: Comparable>(_ values: [Value]) -> Value { values.sorted()[values.count / 2] }
      return Sample(
        processorMicroseconds: middle(samples.map(\.processorMicroseconds)),
        microseconds: middle(samples.map(\.microseconds)), residentBytes: middle(samples.map(\.residentBytes)))
    }

    /// Things, and bytes, in a second of processor time.
    var rate: Int { Self.rate(count, median) }
    var byteRate: Int { Self.rate(bytes, median) }

    private static func rate(_ count: Int, _ sample: Sample) -> Int {
      Int(Double(count) * 1_000_000 / Double(max(sample.processorMicroseconds, 1)))
    }
  }

  let customers: Int
  /// What the journal does of a replay by itself; nil where nothing is replayed.
  private(set) var floor: Row?
  private(set) var openings: [Row]

  init(customers: Int, floor: Row?, openings: [Row]) {
    self.customers = customers
    self.floor = floor
    self.openings = openings
  }

  /// Fills the directory unless there is a store, and measures: the replay of the log, unless there is a snapshot that
  /// stands for it, and opening from a snapshot, which a store that was made here gets at last.
  init(directory: String, sample: StoreSample, rounds: Int) throws(CommandFailure) {
    let (store, report) = try Self.open(directory)
    let isNew = report.lastRevision == 0
    if isNew { try sample.fill(store) }
    let (customers, revision) = StoreTurn.run(on: store) { ($0.customerCount, $0.revision) }
    store.close()
    self.init(customers: customers, floor: nil, openings: [])
    if report.snapshotRevision == 0 {
      try measureReplay(directory, events: Int(revision), hasKeys: sample.hasKeys, rounds: rounds)
    }
    if isNew || report.snapshotRevision != 0 { try measureSnapshot(directory, rounds: rounds) }
  }

  private mutating func measureReplay(
    _ directory: String, events: Int, hasKeys: Bool, rounds: Int
  ) throws(CommandFailure) {
    let bytes = try Self.verify(directory).report.bytes
    var floor = Row(name: "the journal alone", things: "events", count: events, bytes: bytes)
    var kept = Row(name: "replaying the log", things: "events", count: events, bytes: bytes)
    var lapsed = Row(name: "the same, all keys lapsed", things: "events", count: events, bytes: bytes)
    for _ in 0..<rounds {
      floor.samples.append(
        try Self.measure { () throws(CommandFailure) in _ = try Self.verify(directory) }.sample)
      kept.samples.append(try Self.measureOpening(directory))
      if hasKeys { lapsed.samples.append(try Self.measureOpening(directory, window: 1)) }
    }
    self.floor = floor
    openings += hasKeys ? [kept, lapsed] : [kept]
  }

  private mutating func measureSnapshot(_ directory: String, rounds: Int) throws(CommandFailure) {
    let (store, _) = try Self.open(directory)
    let answer = Monitor<Result<SnapshotStatus, JournalError>?>(nil)
    store.takeSnapshot { result in
      answer.withLock { $0 = result }
      answer.broadcast()
    }
    let taken = answer.wait { $0 }
    store.close()
    guard case .success(let snapshot) = taken else { throw CommandFailure(.failure, "no snapshot was made: \(taken)") }
    var row = Row(name: "from a snapshot", things: "customers", count: customers, bytes: Int(snapshot.bytes))
    for _ in 0..<rounds { row.samples.append(try Self.measureOpening(directory)) }
    openings.append(row)
  }

  /// The share of the replay's processor time that the journal's own reading takes, in percent.
  var journalShare: Int? {
    guard let floor, let replay = openings.first else { return nil }
    return Int(
      Double(floor.median.processorMicroseconds) * 100 / Double(max(replay.median.processorMicroseconds, 1)))
  }

  // MARK: - Measuring

  private static func measure<Result>(
    _ body: () throws(CommandFailure) -> Result
  ) throws(CommandFailure) -> (sample: Sample, result: Result) {
    ResourceUsage.returnFreedMemory()
    let resident = ResourceUsage.residentBytes()
    let processor = ResourceUsage.processorTime()
    let began = MonotonicClock.now()
    let result = try body()
    let sample = Sample(
      processorMicroseconds: ResourceUsage.processorTime() - processor,
      microseconds: Int64((MonotonicClock.now() - began) / 1000),
      residentBytes: max(ResourceUsage.residentBytes() - resident, 0))
    return (sample, result)
  }

  private static func verify(_ directory: String) throws(CommandFailure) -> JournalVerification {
    do throws(JournalError) {
      return try Journal.verify(directory: directory) { (_) throws(ReplayError) in }
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func measureOpening(
    _ directory: String, window: Int64? = nil
  ) throws(CommandFailure) -> Sample {
    let opened = try measure { () throws(CommandFailure) in try open(directory, window: window).store }
    opened.result.close()
    return opened.sample
  }

  /// Opens the store so that it takes no snapshot by itself.
  ///
  /// - Parameter window: how long keys are remembered, in microseconds; nil for as long as a server does by itself.
  private static func open(
    _ directory: String, window: Int64? = nil
  ) throws(CommandFailure) -> (store: CustomerStore, report: RecoveryReport) {
    guard let signIn = try? SignInSettings(domain: "localhost", uri: "http://localhost", statement: nil) else {
      throw CommandFailure(.failure, "no challenge can be made")
    }
    var settings = StoreSettings(terms: ChallengeTerms(settings: signIn, policy: Policy()))
    settings.keeping.snapshotBytes = .max
    settings.keeping.replayBudget = .max
    settings.keeping.scrubRate = 0
    if let window { settings.idempotencyWindow = window }
    do throws(JournalError) {
      return try CustomerStore.open(
        directory: directory, fileSystem: LinuxFileSystem(), journalOptions: JournalOptions(), settings: settings)
    } catch {
      throw CommandFailure(error)
    }
  }
}
