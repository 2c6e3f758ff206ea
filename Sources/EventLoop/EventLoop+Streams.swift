internal import ProtobufWire
internal import RPC
internal import System

extension EventLoop {
  /// How many messages one stream sends before the others have their turn.
  private static let messagesATurn = 16

  // MARK: Beginning and end

  func open(_ connection: Connection, slot: Int, _ opening: StreamOpening) {
    counters.streams &+= 1
    let stream = ReplyStream(
      connection: connection, stream: opening.stream, slot: slot, source: handler.open(opening),
      deadline: opening.deadline)
    while connection.streams.count <= slot { connection.streams.append(nil) }
    connection.streams[slot] = stream
    readyStreams.append(stream)
    if stream.deadline != .max { arm(stream, at: stream.deadline) }
  }

  /// Lets a stream's source go. The machine has ended it, and its status is the caller's business.
  func dropStream(_ connection: Connection, slot: Int) {
    guard let stream = connection.streams[slot] else { return }
    leave(stream)
    stream.source.cancelled()
  }

  /// Ends a stream from the server's side, not by its source.
  private func end(_ stream: ReplyStream, _ status: Status) {
    stream.connection.machine.endStream(stream.slot)
    dropStream(stream.connection, slot: stream.slot)
    stream.connection.output.appendEnd(stream.stream, status)
    queued(stream.connection)
  }

  func endStreams(_ connection: Connection, _ status: Status) {
    for case .some(let stream) in connection.streams { end(stream, status) }
  }

  func dropStreams(_ connection: Connection) {
    for slot in connection.streams.indices { dropStream(connection, slot: slot) }
  }

  private func leave(_ stream: ReplyStream) {
    _ = idleStreams.remove(stream)
    stream.waiting = .ended
    stream.connection.streams[stream.slot] = nil
  }

  // MARK: Pulling

  /// Asks the streams that are ready, each for a few messages, and sends those, for as long as calls may wait. Who has
  /// more to say, or has not been asked, has its turn when calls have had theirs.
  func feedStreams() {
    guard !readyStreams.isEmpty else { return }
    if pace.givesWay(ready: readyStreams.count) { Thread.giveWay() }
    let start = MonotonicClock.now()
    var time = start
    // Those that are ready now: who has more to say comes after the calls.
    let ready = readyStreams.count
    var turns = 0
    while turns < ready, time &- start < FeedingPace.slice, let stream = readyStreams.popFirst() {
      turns += 1
      // What several streams of a connection have to say goes out together. But sending is what takes the time, and has
      // to count: no second connection is asked before the first has got its own.
      if !stream.connection.isDirty { flush() }
      if stream.waiting != .ended { pull(stream) }
      time = MonotonicClock.now()
    }
    flush()
    time = MonotonicClock.now()
    pace.spend(turns: turns, from: start, to: time)
  }

  private func pull(_ stream: ReplyStream) {
    let connection = stream.connection
    for _ in 0..<EventLoop.messagesATurn {
      if stream.deadline <= now { return end(stream, .deadlineExceeded) }
      if connection.machine.credit(of: stream.slot) == 0 {
        stream.waiting = .forCredit
        return
      }
      if connection.output.count >= configuration.streamQueuedBytes {
        stream.waiting = .forRoom
        connection.hasBlockedStreams = true
        return
      }
      message.removeAll()
      switch stream.source.next(into: &message, now: now) {
      case .message:
        guard sendMessage(of: stream) else { return }
      case .answer:
        return sendAnswer(of: stream)
      case .idle(let time):
        return becomeIdle(stream, until: time)
      case .end(let status):
        connection.machine.endStream(stream.slot)
        leave(stream)
        connection.output.appendEnd(stream.stream, status)
        return queued(connection)
      }
    }
    readyStreams.append(stream)
  }

  /// - Returns: false when the stream had to be ended.
  private func sendMessage(of stream: ReplyStream) -> Bool {
    let connection = stream.connection
    guard ByteQueue.replyFrameBound(message.count) <= connection.maxReplyFrame else {
      end(stream, .answerTooLong(message.count, limit: connection.maxReplyFrame))
      return false
    }
    connection.machine.spendCredit(stream.slot)
    message.withUnsafeBytes { connection.output.appendMessage(stream.stream, payload: $0) }
    counters.replies &+= 1
    queued(connection)
    return true
  }

  /// The one answer to a unary call that was held.
  private func sendAnswer(of stream: ReplyStream) {
    let connection = stream.connection
    guard ByteQueue.replyFrameBound(message.count) <= connection.maxReplyFrame else {
      return end(stream, .answerTooLong(message.count, limit: connection.maxReplyFrame))
    }
    connection.machine.endStream(stream.slot)
    leave(stream)
    message.withUnsafeBytes { connection.output.appendSuccess(stream.stream, payload: $0) }
    counters.replies &+= 1
    queued(connection)
  }

  // MARK: Waking

  private func becomeIdle(_ stream: ReplyStream, until time: UInt64) {
    idleStreams.insert(stream)
    stream.wakesAt = time
    if time != .max { arm(stream, at: time) }
  }

  /// The stream, which is in no list, is to be asked.
  private func makeReady(_ stream: ReplyStream) {
    stream.waiting = .forItsTurn
    readyStreams.append(stream)
  }

  /// There may be something for any stream. During a round, and while streams rest from a long one, they are woken
  /// afterwards.
  func wakeIdleStreams() {
    owesWake = !pace.allowsRound(now)
    guard !owesWake else { return }
    idleStreams.wakeAll(into: &readyStreams)
    pace.beginRound(turns: readyStreams.count)
  }

  func wakeStream(_ stream: UInt32, of id: ConnectionID) {
    guard let connection = connections[id], let slot = connection.machine.slot(of: stream) else { return }
    guard let found = connection.streams[slot], idleStreams.remove(found) else { return }
    makeReady(found)
  }

  /// The client has granted more.
  func resumeStream(_ connection: Connection, slot: Int) {
    guard let stream = connection.streams[slot], stream.waiting == .forCredit else { return }
    makeReady(stream)
  }

  /// The connection has room again.
  func unblockStreams(_ connection: Connection) {
    connection.hasBlockedStreams = false
    for case .some(let stream) in connection.streams where stream.waiting == .forRoom { makeReady(stream) }
  }

  // MARK: Timers

  private func arm(_ stream: ReplyStream, at time: UInt64) {
    guard time < stream.timerAt else { return }
    stream.timerAt = time
    timers.insert(TimerHeap.Entry(time: time, connection: stream.connection.id, stream: stream.stream))
  }

  /// A timer of a stream is due.
  func checkStream(_ number: UInt32, of connection: Connection, armedAt time: UInt64) {
    guard let slot = connection.machine.slot(of: number), let stream = connection.streams[slot] else { return }
    // An entry that an earlier one has replaced.
    guard stream.timerAt == time else { return }
    stream.timerAt = .max
    if stream.deadline <= now { return end(stream, .deadlineExceeded) }
    if stream.wakesAt <= now, idleStreams.remove(stream) { makeReady(stream) }
    var next = stream.deadline
    if idleStreams.contains(stream) { next = min(next, stream.wakesAt) }
    if next != .max { arm(stream, at: next) }
  }
}
