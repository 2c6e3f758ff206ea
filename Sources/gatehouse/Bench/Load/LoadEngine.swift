internal import RPC
internal import System

/// Keeps the lanes of some connections busy with a workload, in a closed loop or at a rate, and counts what comes of
/// it. For one thread, which waits in between: see `LoadThread`.
///
/// A call costs no allocation: it is written into its connection's queue, and answers are read where they arrive.
struct LoadEngine<Calls: Workload>: ~Copyable {
  /// How much is received at once, in bytes; a frame may be longer.
  private static var receiveBytes: Int { 256 << 10 }
  /// How long answers are waited for after the end, in nanoseconds.
  private static var drainTime: UInt64 { 2_000_000_000 }

  let shape: LoadShape
  let target: LoadTarget
  var calls: Calls
  var tally: LoadTally
  let connections: UnsafeMutableBufferPointer<LoadConnection>
  let buffer: UnsafeMutableRawBufferPointer
  var free: FreeLanes
  private var pacer: Pacer?
  /// Connections with calls that were due at the same time and go out together: at high rates a system call for each
  /// would cost the driver more than all the rest.
  private var unsent: [Int] = []
  private var isUnsent: [Bool]
  /// Lanes that have got no connection for their call, where each has its own.
  private var unconnected: [LaneID] = []
  /// Things that are still to be begun, where their number is given.
  private var left: UInt64?
  /// Connections that wait for the server's Hello before the load may begin.
  var opening = 0
  /// Connections that are not lost.
  var usable = 0
  /// Whether new things are begun.
  private(set) var isIssuing = false
  /// Whether the measurement was ended early.
  private var isStopped = false
  /// No answer is waited for any longer, in nanoseconds.
  private var patienceEnds = UInt64.max
  private var trafficBefore: WireTraffic?
  private var trafficAfter: WireTraffic?
  /// Things that ended since ``takeProgress()``.
  var progress: UInt64 = 0

  init(_ shape: LoadShape, target: LoadTarget, calls: Calls) {
    self.shape = shape
    self.target = target
    self.calls = calls
    tally = LoadTally(countsByBegin: shape.countsByBegin)
    connections = .allocate(capacity: shape.connections)
    for index in 0..<shape.connections {
      connections.initializeElement(at: index, to: LoadConnection(lanes: shape.inFlight))
    }
    // Memory that is never touched is none: there is room for the longest frame with its rest on the way.
    let size = FrameDecoder.prefixBytes + FrameDecoder.greatestFrame + Self.receiveBytes
    buffer = .allocate(byteCount: size, alignment: 16)
    free = FreeLanes(connections: shape.connections, inFlight: shape.inFlight)
    isUnsent = [Bool](repeating: false, count: shape.connections)
  }

  deinit {
    connections.deinitialize()
    connections.deallocate()
    buffer.deallocate()
  }

  // MARK: Phases

  /// Asks for all connections, unless each call has its own.
  mutating func connect(watching epoll: borrowing Epoll) throws(CommandFailure) {
    usable = shape.connections
    guard !shape.reconnects else { return }
    opening = shape.connections
    for index in connections.indices {
      if let error = open(index, watching: epoll) { throw target.unreachable(error) }
    }
  }

  /// Begins: warms up first, then counts.
  mutating func start(at time: UInt64, watching epoll: borrowing Epoll) throws(CommandFailure) {
    let counted = time &+ shape.warmUp
    tally.window = counted..<shape.end(of: counted)
    if case .count(let count) = shape.extent { left = count }
    isIssuing = true
    if let rate = shape.rate {
      pacer = Pacer(start: time, rate: rate, gathering: shape.gathering)
      return
    }
    for index in connections.indices {
      for lane in 0..<shape.inFlight {
        let now = MonotonicClock.now()
        try begin(LaneID(connection: index, lane: lane), begun: now, now: now, watching: epoll)
      }
      try flush(index, watching: epoll)
    }
  }

  /// Begins what is due, and notes what the time has brought. To be called before each wait.
  mutating func pump(_ now: UInt64, watching epoll: borrowing Epoll) throws(CommandFailure) {
    if trafficBefore == nil, now >= tally.window.lowerBound { trafficBefore = traffic }
    if isIssuing, now >= tally.window.upperBound { endWindow(now) }
    try retry(now, watching: epoll)
    let last = lastDue(now)
    while isIssuing, free.count > 0 || shape.excess == .isDropped, let due = pacer?.take(by: last) {
      guard let lane = free.take() else {
        tally.fail(begun: due, ended: now, LoadFailure.notSent)
        progress += 1
        continue
      }
      tally.send(due: due, departure: pacer?.departure(of: due) ?? due, at: now)
      try begin(lane, begun: due, now: now, watching: epoll)
      if !isUnsent[lane.connection] {
        isUnsent[lane.connection] = true
        unsent.append(lane.connection)
      }
    }
    for connection in unsent {
      isUnsent[connection] = false
      try flush(connection, watching: epoll)
    }
    unsent.removeAll(keepingCapacity: true)
    if free.count == 0 { tally.starve(now) }
  }

  private mutating func retry(_ now: UInt64, watching epoll: borrowing Epoll) throws(CommandFailure) {
    guard isIssuing, !unconnected.isEmpty else { return }
    let lanes = unconnected
    unconnected.removeAll(keepingCapacity: true)
    for lane in lanes {
      if shape.rate != nil {
        free.give(lane)
      } else {
        try begin(lane, begun: now, now: now, watching: epoll)
      }
    }
  }

  /// How long nothing is due, in nanoseconds.
  func patience(_ now: UInt64) -> UInt64 {
    guard isIssuing else { return LoadControl.glance }
    var next = now &+ LoadControl.glance
    if now < tally.window.upperBound { next = min(next, tally.window.upperBound) }
    if now < tally.window.lowerBound { next = min(next, tally.window.lowerBound) }
    if let pacer, free.count > 0 || shape.excess == .isDropped { next = min(next, pacer.departure(of: pacer.next)) }
    return next > now ? next &- now : 0
  }

  /// Whether nothing is left to wait for.
  func isDone(_ now: UInt64) -> Bool {
    !isIssuing && (waiting == 0 || now >= patienceEnds)
  }

  /// Ends the measurement at once.
  mutating func stop(_ now: UInt64) {
    guard isIssuing || patienceEnds > now else { return }
    tally.cut(at: now)
    isStopped = true
    endIssuing(now, patience: 0)
  }

  /// Counts what has got no answer as failed, unless the measurement was ended early, and closes the connections.
  mutating func finish(_ now: UInt64) {
    if shape.countsByBegin, !isStopped {
      trafficAfter = traffic
      failUnanswered(now)
    }
    for index in connections.indices { connections[index].close() }
  }

  private mutating func failUnanswered(_ now: UInt64) {
    for index in connections.indices {
      for begun in connections[index].lanes.begunOfWaiting {
        tally.fail(begun: begun, ended: now, LoadFailure.unanswered)
      }
    }
    // Where their number is given, the rest was never to be sent.
    guard left == nil else { return }
    let last = lastDue(now)
    while let due = pacer?.take(by: last) { tally.fail(begun: due, ended: now, LoadFailure.notSent) }
  }

  /// The window is over. What was due within it and found no lane is sent yet, as long as answers are waited for.
  private mutating func endWindow(_ now: UInt64) {
    trafficAfter = trafficAfter ?? traffic
    let limit = tally.window.upperBound &+ Self.drainTime
    if let pacer, pacer.next < tally.window.upperBound, now < limit { return }
    endIssuing(now, patience: limit > now ? limit &- now : 0)
  }

  /// Up to when calls may be due to be sent now.
  private func lastDue(_ now: UInt64) -> UInt64 {
    min(pacer?.departed(by: now) ?? now, tally.window.upperBound &- 1)
  }

  private mutating func endIssuing(_ now: UInt64, patience: UInt64) {
    isIssuing = false
    trafficAfter = trafficAfter ?? traffic
    patienceEnds = now &+ patience
  }

  // MARK: Lanes

  /// Begins a thing on a lane that is free.
  ///
  /// - Parameter begun: when it was begun or due, in nanoseconds.
  mutating func begin(
    _ lane: LaneID, begun: UInt64, now: UInt64, watching epoll: borrowing Epoll
  ) throws(CommandFailure) {
    // By when it was due, as it is counted: at a rate it may be sent later.
    if let count = left, begun >= tally.window.lowerBound {
      guard count > 0 else { return endIssuing(now, patience: Self.drainTime) }
      left = count - 1
    }
    if shape.reconnects, open(lane.connection, watching: epoll) != nil {
      tally.fail(begun: begun, ended: now, LoadFailure.notConnected)
      progress += 1
      // Not tried again at once: a machine that is out of ports would be kept busy with that.
      unconnected.append(lane)
      return
    }
    try issue(lane, begun: begun)
  }

  /// Sends the next call of what a lane does.
  mutating func issue(_ lane: LaneID, begun: UInt64) throws(CommandFailure) {
    guard let stream = connections[lane.connection].lanes.begin(lane.lane, begun: begun) else {
      throw CommandFailure(.failure, "a connection has used up the numbers of its streams")
    }
    calls.appendCall(
      lane.connection * shape.inFlight + lane.lane, stream: stream, to: &connections[lane.connection].output)
  }

  // MARK: Figures

  /// What went over the wire within the measurement.
  var measuredTraffic: WireTraffic {
    guard let before = trafficBefore, let after = trafficAfter else { return WireTraffic() }
    return after - before
  }

  /// Things that ended since this was last asked.
  mutating func takeProgress() -> UInt64 {
    defer { progress = 0 }
    return progress
  }

  private var waiting: Int {
    var count = 0
    for index in connections.indices { count += connections[index].lanes.waiting }
    return count
  }

  private var traffic: WireTraffic {
    var sum = WireTraffic()
    for index in connections.indices { sum = sum + connections[index].traffic }
    return sum
  }
}
