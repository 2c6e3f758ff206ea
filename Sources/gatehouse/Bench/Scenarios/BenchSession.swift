internal import System

/// Measures scenarios on one server, one after the other.
final class BenchSession {
  let subject: BenchSubject
  let interruption: BenchInterruption?
  let progress: BenchProgress
  /// What several results say together.
  private(set) var conclusions: [String] = []
  /// How late calls of open loops were sent at p99, at worst.
  private var latest: UInt64 = 0
  /// Loads of open loops of which calls found no free lane.
  private var unborne: [String] = []
  /// How large calls and answers were, in the last measurement.
  private var frames: LoadRun.Frames?
  private var usedBlocks: UInt64 = 0
  /// Customers that are there to be looked up, from number 0 on.
  private var population = KnownIdentifiers(count: 0)

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

  /// Why the figures deserve less trust than usual.
  var warnings: [String] {
    var warnings: [String] = []
    if latest > Self.tolerableLateness {
      let late = FigureText.duration(nanoseconds: Double(latest))
      warnings.append("The driver sent calls late, up to \(late) at p99: others had the processors.")
    }
    if !unborne.isEmpty {
      let loads = unborne.joined(separator: ", ")
      warnings.append("More was due than the lanes could bear, calls waited before they were sent: \(loads).")
    }
    if isInterrupted { warnings.append("Interrupted: these are the figures so far.") }
    return warnings
  }

  func conclude(_ sentences: [String]) {
    conclusions += sentences
  }

  /// The number of the first of some customers that were not made before.
  func newCustomers() -> UInt64 {
    usedBlocks += 1
    return usedBlocks * Self.block
  }

  /// Measures a load as often as asked for.
  ///
  /// - Parameters:
  ///   - begins: told what the window of each repetition will be, before it begins.
  ///   - prepare: makes what makes the workload of each thread, for one repetition.
  func measure<Calls: Workload>(
    _ result: ScenarioResult, _ shape: LoadShape, _ settings: LoadSettings, begins: ((Range<UInt64>) -> Void)? = nil,
    _ prepare: () -> @Sendable (_ thread: Int, _ threads: Int) -> Calls
  ) throws(CommandFailure) -> ScenarioResult {
    var result = result
    result.load = ScenarioResult.Load(connections: shape.connections, inFlight: shape.inFlight, rate: shape.rate)
    for repetition in 0..<settings.repetitions where !isInterrupted {
      progress.begin(Self.label(result, repetition, settings.repetitions))
      let run = LoadRun(
        shape: shape, subject: subject, threads: settings.threads, interruption: interruption, progress: progress,
        begins: begins)
      let measured = try run.measure(prepare())
      result.runs.append(measured.run)
      frames = measured.frames
      latest = max(latest, measured.lateness.percentile(99))
      if measured.queued > 0, !unborne.contains("\(result.title) \(result.loadText)") {
        unborne.append("\(result.title) \(result.loadText)")
      }
    }
    progress.end()
    return result
  }

  /// Measures a scenario under one load, and what bounds it.
  func run(
    _ scenario: LoadScenario, _ shape: LoadShape, _ settings: LoadSettings
  ) throws(CommandFailure) -> [ScenarioResult] {
    var results = try scenario.measure(self, shape, settings)
    guard scenario.floor != .none, shape.rate == nil, !results.isEmpty, let load = results[0].load, let frames,
      !isInterrupted, subject.isHere
    else { return results }
    progress.begin("\(results[0].title), \(results[0].loadText), the floors")
    let log = scenario.floor == .durableEcho ? frames.log.map { max($0, 1) } : nil
    let plan = FloorPlan(requestBytes: max(frames.request, 1), replyBytes: max(frames.reply, 1), logBytes: log)
    do throws(SystemError) {
      results[0].bounds = try plan.bounds(at: load, in: subject.directory)
    } catch {
      throw CommandFailure(.failure, "cannot measure the floors: \(error)")
    }
    progress.end()
    return results
  }

  /// Takes customers in to be looked up, unless they are there.
  ///
  /// - Returns: their ids, from number 0 on.
  @discardableResult
  func populate(_ settings: LoadSettings) throws(CommandFailure) -> KnownIdentifiers {
    guard population.count < Int(settings.population) else { return population }
    var shape = LoadShape()
    shape.connections = 16
    shape.inFlight = 64
    shape.extent = .count(settings.population)
    let customers = CustomerNumber(seed: settings.seed)
    let register = PopulationWorkload.Register()
    let (count, lanes) = (Int(settings.population), shape.lanes)
    progress.begin("taking in \(FigureText.grouped(count)) customers")
    let run = LoadRun(shape: shape, subject: subject, threads: 1, interruption: interruption, progress: progress)
    let measured = try run.measure { _, _ in
      PopulationWorkload(customers, count: count, lanes: lanes, register: register)
    }
    progress.end()
    // Those of an earlier run with the same seed are as good.
    let refused = measured.run.errors.filter { $0.key != "CUSTOMER_EXISTS" }
    if let (reason, failed) = refused.first, !isInterrupted {
      throw CommandFailure(.failure, "\(failed) of \(count) customers were not taken in: \(reason)")
    }
    population = register.known
    return population
  }

  private static func label(_ result: ScenarioResult, _ repetition: Int, _ repetitions: Int) -> String {
    "\(result.title), \(result.loadText), \(repetition + 1) of \(repetitions)"
  }
}
