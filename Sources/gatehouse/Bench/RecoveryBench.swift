internal import Journal
internal import Lifecycle
internal import Store
internal import System
internal import Wallet

/// How fast a store is opened, row by row: the journal's own reading as the floor, then what the store makes of it.
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
  let hasKeys: Bool
  /// The journal alone comes first.
  private(set) var rows: [Row]

  init(customers: Int, hasKeys: Bool, rows: [Row]) {
    self.customers = customers
    self.hasKeys = hasKeys
    self.rows = rows
  }

  /// Fills the directory unless there is a store, and measures.
  init(directory: String, sample: StoreSample, rounds: Int) throws(CommandFailure) {
    let (store, report) = try Self.open(directory)
    if report.lastRevision == 0 { try sample.fill(store) }
    let (customers, revision) = StoreTurn.run(on: store) { ($0.customerCount, $0.revision) }
    hasKeys = sample.hasKeys
    self.customers = customers
    store.close()
    let bytes = try Self.verify(directory).report.bytes
    func row(_ name: String) -> Row { Row(name: name, things: "events", count: Int(revision), bytes: bytes) }
    rows = [row("the journal alone"), row("opening the store")]
    if hasKeys { rows.append(row("the same, all keys lapsed")) }
    for _ in 0..<rounds {
      rows[0].samples.append(
        try Self.measure { () throws(CommandFailure) in _ = try Self.verify(directory) }.sample)
      let windows = [Self.settings(window: nil), Self.settings(window: 1)]
      for (index, settings) in zip(rows.indices.dropFirst(), windows) {
        let opened = try Self.measure { () throws(CommandFailure) in try Self.open(directory, settings).store }
        rows[index].samples.append(opened.sample)
        opened.result.close()
      }
    }
  }

  /// The share of the opening's processor time that the journal's own reading takes, in percent.
  var journalShare: Int {
    guard rows.count > 1 else { return 100 }
    return Int(
      Double(rows[0].median.processorMicroseconds) * 100 / Double(max(rows[1].median.processorMicroseconds, 1)))
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

  private static func open(
    _ directory: String, _ settings: StoreSettings? = nil
  ) throws(CommandFailure) -> (store: CustomerStore, report: RecoveryReport) {
    guard let settings = settings ?? Self.settings(window: nil) else {
      throw CommandFailure(.failure, "no challenge can be made")
    }
    do throws(JournalError) {
      return try CustomerStore.open(
        directory: directory, fileSystem: LinuxFileSystem(), journalOptions: JournalOptions(), settings: settings)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// - Parameter window: how long keys are remembered, in microseconds; nil for as long as a server does by itself.
  private static func settings(window: Int64?) -> StoreSettings? {
    guard let signIn = try? SignInSettings(domain: "localhost", uri: "http://localhost", statement: nil) else {
      return nil
    }
    var settings = StoreSettings(terms: ChallengeTerms(settings: signIn, policy: Policy()))
    if let window { settings.idempotencyWindow = window }
    return settings
  }
}
