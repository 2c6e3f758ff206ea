internal import System

/// One measurement of a load: threads that drive it, and what server and client took meanwhile.
struct LoadRun {
  /// A thread's connections, and the workload of its lanes.
  private typealias Share = (shape: LoadShape, number: Int)

  /// Between the threads' being ready and their beginning, in nanoseconds: time for all of them to have heard of it.
  private static let headStart: UInt64 = 2_000_000
  /// How often progress is shown, in nanoseconds.
  private static let showing: UInt64 = 200_000_000

  let shape: LoadShape
  let subject: BenchSubject
  let threads: Int
  let interruption: BenchInterruption?
  let progress: BenchProgress
  /// Told what the window of the measurement will be, in nanoseconds, before the load begins.
  var begins: ((Range<UInt64>) -> Void)?

  /// What a load came to, beyond what every scenario tells.
  struct Result: Sendable {
    var run: ScenarioRun
    /// How late calls were sent, in an open loop.
    var lateness: Histogram
    /// Calls that were due while every lane waited for an answer.
    var queued: UInt64
    var traffic: WireTraffic

    /// Nil where nothing was answered.
    var frames: Frames? {
      guard run.count > 0 else { return nil }
      return Frames(
        request: Int(traffic.sent / run.count), reply: Int(traffic.received / run.count),
        log: run.diskBytes.map { Int($0 / run.count) })
    }
  }

  /// How large a call's frame and its answer's are, and what it adds to the log, in bytes.
  struct Frames: Sendable {
    var request: Int
    var reply: Int
    var log: Int?
  }

  /// Measures.
  ///
  /// - Parameter workload: makes that of the thread with the number given, out of `threads` threads; on that thread.
  func measure<Calls: Workload>(
    _ workload: @escaping @Sendable (_ thread: Int, _ threads: Int) -> Calls
  ) throws(CommandFailure) -> Result {
    let shares = Self.divide(shape, over: threads)
    let control = LoadControl()
    let outcomes = Monitor<[LoadThread.Outcome]>([])
    interruption?.watch(control)
    defer { interruption?.watch(nil) }
    for (number, share) in shares.enumerated() {
      let target = subject.target
      let count = shares.count
      try Self.start("gh-load-\(number)") {
        do throws(CommandFailure) {
          var engine = LoadEngine(share, target: target, calls: workload(number, count))
          if let outcome = try LoadThread.run(&engine, control) {
            outcomes.withLock { $0.append(outcome) }
          }
          engine.calls.finish()
          control.finish()
        } catch {
          control.finish(error)
        }
      }
    }
    let usage = try watch(control, shares.count)
    return Self.result(outcomes.withLock { $0 }, usage)
  }

  private static func start(_ name: String, _ body: sending @escaping () -> Void) throws(CommandFailure) {
    do {
      try Thread(name: name, body).detach()
    } catch {
      throw CommandFailure(.failure, "no thread can be started: \(error)")
    }
  }

  /// Lets the threads begin, and watches them until they are through.
  ///
  /// - Returns: what server and client took from the end of the warm-up to the end.
  private func watch(_ control: LoadControl, _ threads: Int) throws(CommandFailure) -> BenchSubject.Usage {
    try control.awaitReady(threads)
    let begin = MonotonicClock.now() &+ Self.headStart
    let counted = begin &+ shape.warmUp
    begins?(counted..<shape.end(of: counted))
    control.begin(at: begin)
    if try wait(control, threads, until: counted, begin: begin) { return subject.usage() - subject.usage() }
    let before = subject.usage()
    if case .time(let duration) = shape.extent {
      let isFinished = try wait(control, threads, until: counted &+ duration, begin: begin)
      let after = subject.usage()
      if !isFinished { _ = try wait(control, threads, until: .max, begin: begin) }
      return after - before
    }
    _ = try wait(control, threads, until: .max, begin: begin)
    return subject.usage() - before
  }

  /// Shows progress until the time given, or until all threads have finished: then it returns true.
  private func wait(
    _ control: LoadControl, _ threads: Int, until time: UInt64, begin: UInt64
  ) throws(CommandFailure) -> Bool {
    while true {
      let now = MonotonicClock.now()
      guard now < time else { return false }
      progress.show(control.counted, nanoseconds: now > begin ? now &- begin : 0)
      if try control.awaitFinished(threads, deadline: min(time, now &+ Self.showing)) { return true }
    }
  }

  private static func result(_ outcomes: [LoadThread.Outcome], _ usage: BenchSubject.Usage) -> Result {
    var run = ScenarioRun()
    var lateness = Histogram()
    var failures = FailureCounts()
    var traffic = WireTraffic()
    var queued: UInt64 = 0
    for outcome in outcomes {
      run.latency.merge(outcome.tally.latency)
      failures.merge(outcome.tally.failures)
      lateness.merge(outcome.tally.lateness)
      run.nanoseconds = max(run.nanoseconds, outcome.nanoseconds)
      traffic = traffic + outcome.traffic
      queued += outcome.tally.queued
    }
    run.count = run.latency.count
    run.errors = failures.byReason
    run.wireBytes = traffic.total
    run.serverProcessorMicroseconds = usage.serverProcessor
    run.clientProcessorMicroseconds = usage.clientProcessor
    run.diskBytes = usage.logBytes.map { UInt64(max($0, 0)) }
    run.residentBytes = usage.residentBytes.map { UInt64(max($0, 0)) }
    return Result(run: run, lateness: lateness, queued: queued, traffic: traffic)
  }

  /// Divides a load over threads: each has a part of the connections, and of the rate or the number of calls that goes
  /// with it.
  static func divide(_ shape: LoadShape, over threads: Int) -> [LoadShape] {
    let threads = max(min(threads, shape.connections), 1)
    var countLeft: UInt64 = 0
    if case .count(let count) = shape.extent { countLeft = count }
    var connectionsLeft = shape.connections
    return (0..<threads).map { thread in
      var share = shape
      share.connections = connectionsLeft / (threads - thread)
      if let rate = shape.rate { share.rate = rate * Double(share.connections) / Double(shape.connections) }
      if case .count = shape.extent {
        let count = thread == threads - 1 ? countLeft : countLeft * UInt64(share.connections) / UInt64(connectionsLeft)
        share.extent = .count(count)
        countLeft -= count
      }
      connectionsLeft -= share.connections
      return share
    }
  }
}
