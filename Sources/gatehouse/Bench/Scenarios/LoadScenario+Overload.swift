internal import System

extension LoadScenario {
  /// What of the capacity is a load under which a server is well.
  private static let wellLoaded = 0.7
  /// Lanes of each connection while the server is asked for too much: far more than it can be busy with.
  private static let overloadLanes = 1024
  /// How long the load is watched afterwards at a time, and how often at most, in nanoseconds.
  private static let recoverySlice: UInt64 = 200_000_000
  private static let recoverySlices = 15

  static let overload = LoadScenario(
    name: "overload", summary: "asks for more than the server can bear, and looks at what becomes of it",
    discussion: """
      Measures what the server can bear (CreateCustomer, closed loop), then an open loop at 70 % of that, then one at \
      --excess percent, then 70 % again at once. A call that is due while every stream is in use is not sent, and \
      counted as NOT_SENT: that is back-pressure as a client meets it. Says how much of the throughput is kept, what \
      the accepted calls wait, what is refused, the memory, and when the server is itself again: when p99 is back \
      within twice what it was at 70 %.
      """,
    connections: 50, inFlight: 64, flags: [LoadFlags.excess.flag]
  ) { session, shape, settings throws(CommandFailure) in
    guard settings.rates.isEmpty, case .time = settings.extent else {
      throw CommandFailure(.usage, "an overload has rates of its own, each for a time: --rate and --count mean nothing")
    }
    let capacity = try creating("overload-capacity", session, shape, settings)
    guard let bearable = capacity.value(.rate), bearable > 0, !session.isInterrupted else { return [capacity] }
    var well = shape
    well.rate = (bearable * wellLoaded).rounded()
    session.subject.settle()
    let before = try creating("overload-before", session, well, settings)
    var beyond = well
    beyond.rate = (bearable * Double(settings.excess) / 100).rounded()
    beyond.inFlight = overloadLanes
    beyond.excess = .isDropped
    var once = settings
    once.repetitions = 1
    // A snapshot that the load before made due would take half of a processor from the overload.
    session.subject.settle()
    var over: UInt64 = 0
    let during = try creating("overload", session, beyond, once) { over = $0.upperBound }
    var slice = well
    slice.warmUp = 0
    slice.extent = .time(recoverySlice)
    var after = ScenarioResult(name: "overload-after", runs: [])
    var recovered: UInt64?
    let tolerated = before.latency.percentile(99) * 2
    while recovered == nil, after.runs.count < recoverySlices, !session.isInterrupted {
      let part = try creating(after.name, session, slice, once)
      after.load = part.load
      after.runs += part.runs
      if part.latency.count > 0, part.errors.isEmpty, part.latency.percentile(99) <= tolerated {
        recovered = MonotonicClock.now() &- min(over, MonotonicClock.now())
      }
    }
    session.conclude(Overload(capacity: capacity, before: before, during: during, recovered: recovered).sentences)
    return [capacity, before, during, after]
  }

  private static func creating(
    _ name: String, _ session: BenchSession, _ shape: LoadShape, _ settings: LoadSettings,
    begins: ((Range<UInt64>) -> Void)? = nil
  ) throws(CommandFailure) -> ScenarioResult {
    let customers = CustomerNumber(seed: settings.seed)
    return try session.measure(ScenarioResult(name: name, runs: []), shape, settings, begins: begins) {
      let first = session.newCustomers()
      return { thread, threads in
        CreateWorkload(customers, first: first + UInt64(thread), stride: UInt64(threads))
      }
    }
  }
}

/// How an overload was borne.
struct Overload {
  var capacity: ScenarioResult
  var before: ScenarioResult
  var during: ScenarioResult
  /// From the end of the overload until the server was seen to be itself again, in nanoseconds; nil when it was not.
  var recovered: UInt64?

  /// Accepted calls a second under the overload, for one at capacity.
  var kept: Double? {
    guard let during = during.value(.rate), let capacity = capacity.value(.rate), capacity > 0 else { return nil }
    return during / capacity
  }

  /// Accepted calls for a second of the server's own processor time, for one at capacity: what remains when the driver
  /// takes processors from the server.
  var efficiency: Double? {
    func cost(_ result: ScenarioResult) -> Double? {
      Spread(result.runs.compactMap { $0.perThing($0.serverProcessorMicroseconds) })?.median
    }
    guard let usual = cost(capacity), let now = cost(during), now > 0 else { return nil }
    return usual / now
  }

  /// How many times longer the accepted calls wait at p99 than at 70 %.
  var stretch: Double? {
    let (usual, now) = (before.latency, during.latency)
    guard usual.count > 0, now.count > 0 else { return nil }
    return Double(now.percentile(99)) / Double(max(usual.percentile(99), 1))
  }

  /// How much more memory is resident under the overload than before it, in bytes.
  var growth: Int64? {
    guard let before = before.runs.last?.residentBytes, let during = during.runs.last?.residentBytes else { return nil }
    return Int64(clamping: during) - Int64(clamping: before)
  }

  var sentences: [String] {
    let back = recovered.map { "itself again within \(FigureText.duration(nanoseconds: Double($0)))" }
    return [
      kept.map { "Under the overload \(FigureText.percent($0)) of the throughput is kept." },
      efficiency.map { "For a second of the server's own processor time that is \(FigureText.percent($0))." },
      stretch.map { "p99 of what is accepted is \(FigureText.number($0)) times that at 70 %." },
      growth.map { "Resident memory grows by \(ByteText.short(max($0, 0))), the new customers included." },
      "The server is \(back ?? "not itself again within the time that it was watched").",
    ].compactMap(\.self)
  }
}
