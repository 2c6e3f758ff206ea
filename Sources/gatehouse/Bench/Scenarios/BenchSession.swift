internal import System

/// Measures scenarios on one server, one after the other.
final class BenchSession {
  let subject: BenchSubject
  let interruption: BenchInterruption?
  let progress: BenchProgress
  /// Why the figures deserve less trust than usual.
  private(set) var warnings: [String] = []
  private var usedBlocks: UInt64 = 0
  private var populated: UInt64 = 0

  /// Customers that a block has room for: more than a repetition makes.
  private static let block: UInt64 = 1 << 28
  /// Calls of an open loop that are sent so late at the 99th percentile are warned of, in nanoseconds.
  private static let tolerableLateness: UInt64 = 1_000_000

  init(subject: BenchSubject, interruption: BenchInterruption?, progress: BenchProgress) {
    self.subject = subject
    self.interruption = interruption
    self.progress = progress
  }

  var isInterrupted: Bool { interruption?.isRaised ?? false }

  func warn(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }

  /// The number of the first of some customers that were not made before.
  func newCustomers() -> UInt64 {
    usedBlocks += 1
    return usedBlocks * Self.block
  }

  /// Measures a load as often as asked for.
  ///
  /// - Parameter prepare: makes what makes the workload of each thread, for one repetition.
  func measure<Calls: Workload>(
    _ result: ScenarioResult, _ shape: LoadShape, _ settings: LoadSettings,
    _ prepare: () -> @Sendable (_ thread: Int, _ threads: Int) -> Calls
  ) throws(CommandFailure) -> ScenarioResult {
    var result = result
    result.load = ScenarioResult.Load(connections: shape.connections, inFlight: shape.inFlight, rate: shape.rate)
    for repetition in 0..<settings.repetitions where !isInterrupted {
      progress.begin(Self.label(result, repetition, settings.repetitions))
      let run = LoadRun(
        shape: shape, subject: subject, threads: settings.threads, interruption: interruption, progress: progress)
      let measured = try run.measure(prepare())
      result.runs.append(measured.run)
      judge(measured, shape)
    }
    progress.end()
    return result
  }

  /// Takes customers in to be looked up, unless they are there.
  func populate(_ settings: LoadSettings) throws(CommandFailure) {
    guard populated < settings.population else { return }
    populated = settings.population
    var shape = LoadShape()
    shape.connections = 16
    shape.inFlight = 64
    shape.extent = .count(settings.population)
    let customers = CustomerNumber(seed: settings.seed)
    progress.begin("taking in \(settings.population) customers")
    let run = LoadRun(shape: shape, subject: subject, threads: 1, interruption: interruption, progress: progress)
    let measured = try run.measure { _, _ in CreateWorkload(customers, first: 0, stride: 1) }
    // Those of an earlier run with the same seed are as good.
    let refused = measured.run.errors.filter { $0.key != "CUSTOMER_EXISTS" }
    if let (reason, count) = refused.first, !isInterrupted {
      throw CommandFailure(.failure, "\(count) of \(settings.population) customers were not taken in: \(reason)")
    }
    progress.end()
  }

  private func judge(_ measured: LoadRun.Result, _ shape: LoadShape) {
    let late = measured.lateness.percentile(99)
    if shape.rate != nil, late > Self.tolerableLateness {
      warn("Calls of an open loop were sent late, up to \(late / 1000) us at p99: latencies count from when they were due.")
    }
  }

  private static func label(_ result: ScenarioResult, _ repetition: Int, _ repetitions: Int) -> String {
    let load = result.load.map { load in
      ", \(load.connections) x \(load.inFlight)" + (load.rate.map { ", \(FigureText.grouped(Int($0))) a second" } ?? "")
    }
    return "\(result.name)\(load ?? ""), \(repetition + 1) of \(repetitions)"
  }
}
