internal import System

/// The thread of a ``LoadEngine``: it waits for what the kernel says and for what is due.
enum LoadThread {
  /// Events that one wait tells of at most.
  private static let events = 256
  /// How long the connections may take until all have been greeted, in nanoseconds.
  private static let connectTime: UInt64 = 10_000_000_000

  /// What a thread has measured.
  struct Outcome: Sendable {
    var tally: LoadTally
    var nanoseconds: UInt64
    var traffic: WireTraffic
  }

  /// Runs a load on the calling thread, from the first connection to the last answer.
  static func run<Calls: Workload>(
    _ engine: inout LoadEngine<Calls>, _ control: LoadControl
  ) throws(CommandFailure) -> Outcome? {
    let epoll = try makeEpoll()
    MonotonicClock.waitExactly()
    try engine.connect(watching: epoll)
    let limit = MonotonicClock.now() &+ connectTime
    while engine.opening > 0 {
      guard MonotonicClock.now() < limit else { throw engine.target.strange("does not say Hello") }
      try turn(&engine, epoll, patience: LoadControl.glance)
    }
    guard let begin = control.awaitBegin() else { return nil }
    let now = MonotonicClock.now()
    MonotonicClock.wait(microseconds: begin > now ? Int64((begin - now + 999) / 1000) : 0)
    try engine.start(at: begin, watching: epoll)
    let ended = try drive(&engine, epoll, control)
    engine.finish(ended)
    return Outcome(
      tally: engine.tally, nanoseconds: engine.tally.nanoseconds(ended), traffic: engine.measuredTraffic)
  }

  /// Drives a load until it is through.
  ///
  /// - Returns: when that was, in nanoseconds.
  private static func drive<Calls: Workload>(
    _ engine: inout LoadEngine<Calls>, _ epoll: borrowing Epoll, _ control: LoadControl
  ) throws(CommandFailure) -> UInt64 {
    var now = MonotonicClock.now()
    while !engine.isDone(now) {
      if control.isStopping { engine.stop(now) }
      try engine.pump(now, watching: epoll)
      try turn(&engine, epoll, patience: engine.patience(now))
      control.count(engine.takeProgress())
      now = MonotonicClock.now()
    }
    return now
  }

  static func makeEpoll() throws(CommandFailure) -> Epoll {
    do {
      return try Epoll(capacity: events)
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
  }

  /// Waits for what the kernel says.
  static func wait(_ epoll: borrowing Epoll, nanoseconds: UInt64) throws(CommandFailure) -> Int {
    do throws(SystemError) {
      return try epoll.wait(nanoseconds: nanoseconds)
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
  }

  /// Waits, and handles what has happened.
  @inline(__always)
  private static func turn<Calls: Workload>(
    _ engine: inout LoadEngine<Calls>, _ epoll: borrowing Epoll, patience: UInt64
  ) throws(CommandFailure) {
    let count = try wait(epoll, nanoseconds: patience)
    for index in 0..<count { try engine.handle(epoll.event(index), watching: epoll) }
  }
}
