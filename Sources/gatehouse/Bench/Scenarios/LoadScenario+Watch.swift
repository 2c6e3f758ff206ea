internal import Synchronization
internal import System

extension LoadScenario {
  static let watch = LoadScenario(
    name: "watch", summary: "measures the fan-out of events to watchers",
    discussion: """
      Takes customers in at a rate while watchers, each on a connection of its own, get every event. The first row \
      counts deliveries; their latency is from when the write was due (in a closed loop: was sent) to when a watcher \
      had the event, the flush to the disk included. The second row is of the writes themselves.
      """,
    connections: 4, inFlight: 64, rate: 1000, flags: [LoadFlags.watchers.flag]
  ) { session, shape, settings throws(CommandFailure) in
    var deliveries = ScenarioResult(
      name: "watch", things: "events", parameters: [.init(name: "watchers", value: "\(settings.watchers)")], runs: [])
    var writes = ScenarioResult(name: "watch-writes", parameters: deliveries.parameters, runs: [])
    for _ in 0..<settings.repetitions where !session.isInterrupted {
      let (delivered, written) = try watchOnce(session, shape, settings, writes)
      deliveries.load = written.load
      deliveries.runs += delivered.map { [$0] } ?? []
      writes.load = written.load
      writes.runs += written.runs
    }
    return [deliveries, writes]
  }

  private static func watchOnce(
    _ session: BenchSession, _ shape: LoadShape, _ settings: LoadSettings, _ writes: ScenarioResult
  ) throws(CommandFailure) -> (delivered: ScenarioRun?, written: ScenarioResult) {
    var once = settings
    once.repetitions = 1
    let log = DeliveryRegister()
    let watchers = try WatcherThread(settings.watchers, target: session.subject.target, log: log)
    let customers = CustomerNumber(seed: settings.seed)
    var window: Range<UInt64> = 0..<0
    var written = try session.measure(
      ScenarioResult(name: writes.name, parameters: writes.parameters, runs: []), shape, once,
      begins: { measured in
        window = measured
        log.deliveries.withLock { $0.window = measured }
      },
      {
        let first = session.newCustomers()
        return { thread, threads in
          WatchWorkload(
            CreateWorkload(customers, first: first + UInt64(thread), stride: UInt64(threads)), log: log)
        }
      })
    try watchers.stop()
    guard var delivered = written.runs.first else { return (nil, written) }
    let seen = log.deliveries.withLock { log in
      log.settle()
      return log
    }
    delivered.latency = seen.delay
    delivered.count = seen.delay.count
    delivered.errors = [:]
    delivered.nanoseconds = max(window.upperBound == .max ? written.runs[0].nanoseconds : UInt64(window.count), 1)
    delivered.wireBytes = watchers.measuredBytes
    if session.isInterrupted { delivered.nanoseconds = written.runs[0].nanoseconds }
    // What server and client took, they took for both.
    written.runs[0].serverProcessorMicroseconds = nil
    written.runs[0].clientProcessorMicroseconds = nil
    written.runs[0].diskBytes = nil
    return (delivered, written)
  }
}
