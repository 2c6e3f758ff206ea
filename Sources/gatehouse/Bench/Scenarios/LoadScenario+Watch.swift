internal import Synchronization
internal import System

extension LoadScenario {
  /// The name of the rows of the writes themselves.
  static let watchedWrites = "watch-writes"

  static let watch = LoadScenario(
    name: "watch", summary: "measures the fan-out of events to watchers",
    discussion: """
      Takes customers in at a rate while watchers, each on a connection of its own, get every event. The first row \
      counts deliveries; their latency is from when the write was due (in a closed loop: was sent) to when a watcher \
      had the event, the flush to the disk included. The second row is of the writes themselves. The watchers' thread \
      lets the others have the processors first, as if it were on another machine.
      """,
    connections: 4, inFlight: 64, rate: 1000, floor: .fanOut, flags: [LoadFlags.watchers.flag]
  ) { session, shape, settings throws(CommandFailure) in
    let parameters = settings.watchers.map { [ScenarioResult.Parameter(name: "watchers", value: "\($0)")] }
    var deliveries = parameters.map { ScenarioResult(name: "watch", things: "events", parameters: $0, runs: []) }
    var writes = parameters.map { ScenarioResult(name: watchedWrites, parameters: $0, runs: []) }
    // In turns, so that what changes on the machine meanwhile meets all of them.
    for _ in 0..<settings.repetitions {
      for (index, count) in settings.watchers.enumerated() where !session.isInterrupted {
        let (delivered, written) = try watchOnce(session, shape, settings, watchers: count, writes[index])
        deliveries[index].load = written.load
        deliveries[index].runs += delivered.map { [$0] } ?? []
        writes[index].load = written.load
        writes[index].runs += written.runs
      }
    }
    return deliveries.filter { !$0.runs.isEmpty } + writes
  }

  private static func watchOnce(
    _ session: BenchSession, _ shape: LoadShape, _ settings: LoadSettings, watchers count: Int,
    _ writes: ScenarioResult
  ) throws(CommandFailure) -> (delivered: ScenarioRun?, written: ScenarioResult) {
    var once = settings
    once.repetitions = 1
    let log = DeliveryRegister()
    let watchers = try WatcherThread(count, target: session.subject.target, log: log)
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
    guard count > 0, var delivered = written.runs.first else { return (nil, written) }
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
