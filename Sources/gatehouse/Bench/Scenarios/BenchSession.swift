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
  private(set) var frames: LoadRun.Frames?
  private var usedBlocks: UInt64 = 0
  /// Customers that are there to be looked up, from number 0 on.
  private var population = KnownIdentifiers(count: 0)

  /// Customers that are there to be deactivated and activated.
  private let active = ActiveCustomers()

  /// How many of those there are: more than any load changes at the same time.
  private static let activeCustomers = 2000
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

  /// Takes customers in who become ACTIVE, unless they are there.
  func populateActive(_ settings: LoadSettings) throws(CommandFailure) -> ActiveCustomers {
    guard active.count == 0 else { return active }
    var shape = LoadShape()
    shape.connections = 16
    shape.inFlight = 8
    shape.extent = .count(UInt64(Self.activeCustomers))
    let customers = CustomerNumber(seed: settings.seed)
    let (first, lanes, register) = (newCustomers(), shape.lanes, active)
    progress.begin("making \(FigureText.grouped(Self.activeCustomers)) customers ACTIVE")
    let run = LoadRun(shape: shape, subject: subject, threads: 1, interruption: interruption, progress: progress)
    let measured = try run.measure { _, _ in
      ActivePopulationWorkload(
        OnboardWorkload(customers, lanes: lanes, first: first, stride: 1, seed: settings.seed),
        count: Self.activeCustomers, customers: register)
    }
    progress.end()
    if let (reason, failed) = measured.run.errors.first, !isInterrupted {
      throw CommandFailure(.failure, "\(failed) customers did not become ACTIVE: \(reason)")
    }
    return active
  }

  private static func label(_ result: ScenarioResult, _ repetition: Int, _ repetitions: Int) -> String {
    "\(result.title), \(result.loadText), \(repetition + 1) of \(repetitions)"
  }
}
