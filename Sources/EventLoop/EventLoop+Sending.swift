internal import RPC
internal import System

extension EventLoop {
  /// A connection keeps empty memory for output up to this until it has been silent for a while.
  private static let keptOutput = 64 << 10

  // MARK: Answers

  /// Handles what other threads, and the handler, have left.
  func takeInbox() {
    inbox.take(&taken)
    guard !taken.isEmpty else { return }
    for replies in taken.replies { deliver(replies) }
    taken.replies.removeAll(keepingCapacity: true)
    // Not here: answers go out first.
    if taken.wakesAll { owesWake = true }
    taken.wakesAll = false
    for wake in taken.wakes { wakeStream(wake.stream, of: wake.connection) }
    taken.wakes.removeAll(keepingCapacity: true)
    for descriptor in taken.sockets { adopt(Socket(owning: descriptor)) }
    taken.sockets.removeAll(keepingCapacity: true)
    for order in taken.orders { follow(order) }
    taken.orders.removeAll()
  }

  private func deliver(_ replies: ReplyBatch) {
    replies.complete()
    callsInFlight -= replies.count
    replies.forEachConnection { id, answers in
      guard let connection = connections[id] else { return }
      // Nearly always all of them go out, and lie one behind the other.
      var run = UnsafeRawBufferPointer(start: nil, count: 0)
      answers.forEach { stream, frame in
        if endCall(connection, stream, frame) {
          run = UnsafeRawBufferPointer(start: run.baseAddress ?? frame.baseAddress, count: run.count &+ frame.count)
        } else {
          connection.output.append(run)
          run = UnsafeRawBufferPointer(start: nil, count: 0)
        }
      }
      connection.output.append(run)
      if !connection.isDirty { markDirty(connection) }
    }
    if spareReplies.count < EventLoop.keptBatches {
      replies.removeAll()
      spareReplies.append(replies)
    }
  }

  /// The handler has answered a call.
  ///
  /// - Returns: whether the answer's frame is to be sent; false when nobody takes it any more, or when it is too long,
  ///   which the client is told instead.
  @inline(__always)  // one caller, in the innermost of loops
  private func endCall(_ connection: Connection, _ stream: UInt32, _ frame: UnsafeRawBufferPointer) -> Bool {
    guard connection.machine.finishCall(stream), connection.stage == .open else { return false }
    counters.replies &+= 1
    let size = frame.count &- FrameDecoder.prefixBytes
    if size <= connection.maxReplyFrame { return true }
    connection.output.appendEnd(stream, .answerTooLong(size, limit: connection.maxReplyFrame))
    queued(connection)
    return false
  }

  // MARK: Output

  /// Something was appended to the output: it goes out at the end of the turn. Past the bound nothing more is read.
  func queued(_ connection: Connection) {
    markDirty(connection)
    if connection.output.count > configuration.maxQueuedBytes { connection.isPaused = true }
  }

  func markDirty(_ connection: Connection) {
    guard !connection.isDirty else { return }
    connection.isDirty = true
    dirty.append(connection)
  }

  /// Sends what the turn has queued, once a connection.
  func flush() {
    var index = 0
    // Reading that goes on may make connections dirty again: they are appended, and sent too.
    while index < dirty.count {
      let connection = dirty[index]
      index += 1
      connection.isDirty = false
      if connection.stage != .closed { flush(connection) }
    }
    dirty.removeAll(keepingCapacity: true)
  }

  private func flush(_ connection: Connection) {
    if !connection.output.isEmpty {
      switch connection.output.withUnsafeBytes({ connection.socket.send($0) }) {
      case .moved(let count):
        counters.bytesSent &+= UInt64(count)
        connection.output.consume(count)
        if connection.isPaused { connection.activeAt = now }
      case .wouldBlock: break
      case .ended: break  // sending never ends by itself
      case .failed(let code): return close(connection, .broken(code))
      }
    }
    let waiting = connection.output.count
    if waiting == 0, connection.output.allocated > EventLoop.keptOutput { connection.output.release() }
    if waiting > configuration.maxQueuedBytes {
      connection.isPaused = true
    } else if connection.isPaused, waiting <= configuration.maxQueuedBytes / 2 {
      connection.isPaused = false
      if connection.stage == .open, !connection.input.isEmpty { handleInput(connection) }
    }
    if connection.hasBlockedStreams, waiting < configuration.streamQueuedBytes { unblockStreams(connection) }
    if waiting == 0, connection.stage == .finishing { linger(connection) }
    if connection.hasEnded, connection.isQuiet { return close(connection, .peerClosed) }
    updateInterest(connection)
  }

  private func updateInterest(_ connection: Connection) {
    guard connection.stage != .closed else { return }
    var wanted: Epoll.Interest = connection.isPaused || connection.hasEnded ? [] : .readable
    if !connection.output.isEmpty { wanted.insert(.writable) }
    guard wanted != connection.interest else { return }
    connection.interest = wanted
    do {
      try epoll.modify(connection.socket.rawValue, wanted, tag: connection.id.rawValue)
    } catch {
      configuration.observer(.failed(error))
      close(connection, .broken(error.code))
    }
  }
}
