internal import RPC
internal import System

// What the kernel says of the connections, and what the server says on them.
extension LoadEngine {
  /// A connection's events carry its number.
  mutating func handle(_ event: Epoll.Event, watching epoll: borrowing Epoll) throws(CommandFailure) {
    let index = Int(truncatingIfNeeded: event.tag)
    if connections[index].phase == .connecting {
      if let error = connections[index].finishConnecting() {
        guard shape.reconnects else { throw target.unreachable(error) }
        return try lose(index, LoadFailure.notConnected, watching: epoll)
      }
    }
    guard connections[index].phase != .closed else { return }
    if event.ready != .writable { try receive(index, watching: epoll) }
    try flush(index, watching: epoll)
  }

  /// Asks for a connection, in place of the one there was. Our Hello is sent first.
  mutating func open(_ index: Int, watching epoll: borrowing Epoll) -> SystemError? {
    do {
      try connections[index].open(
        to: target.address, hello: target.hello, watching: epoll, tag: UInt64(index))
      return nil
    } catch {
      connections[index].close()
      return error
    }
  }

  mutating func flush(_ index: Int, watching epoll: borrowing Epoll) throws(CommandFailure) {
    if connections[index].flush(watching: epoll, tag: UInt64(index)) == .lost {
      try lose(index, LoadFailure.connectionLost, watching: epoll)
    }
  }

  private mutating func receive(_ index: Int, watching epoll: borrowing Epoll) throws(CommandFailure) {
    guard let count = connections[index].receive(into: buffer) else {
      return try lose(index, LoadFailure.connectionLost, watching: epoll)
    }
    let now = MonotonicClock.now()
    var offset = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[offset..<count])
      switch connections[index].decoder.next(rest) {
      case .incomplete: return connections[index].keep(rest)
      case .refused: throw target.strange("sends what is no frame")
      case .frame(let length):
        let end = FrameDecoder.prefixBytes + length
        offset += end
        let frame = UnsafeRawBufferPointer(rebasing: rest[FrameDecoder.prefixBytes..<end])
        // A connection that is through with its only call is another one from here on.
        guard try take(frame, index, now, watching: epoll) else { return }
      }
    }
  }

  /// - Returns: whether the connection goes on.
  @inline(__always)  // the one caller's loop
  private mutating func take(
    _ bytes: UnsafeRawBufferPointer, _ index: Int, _ now: UInt64, watching epoll: borrowing Epoll
  ) throws(CommandFailure) -> Bool {
    guard let frame = try? ServerFrame(bytes) else { throw target.strange("sends a frame that cannot be read") }
    switch frame {
    case .reply(let answer): return try take(answer, index, now, watching: epoll)
    case .hello:
      if connections[index].phase == .awaitingHello, !shape.reconnects { opening -= 1 }
      connections[index].phase = .open
    case .ping(let nonce): connections[index].output.appendPong(nonce: nonce)
    case .goAway: throw target.gone(GoAwayNotice(frame: bytes).status)
    case .other: break
    }
    return true
  }

  @inline(__always)
  private mutating func take(
    _ answer: ServerFrame.Answer, _ index: Int, _ now: UInt64, watching epoll: borrowing Epoll
  ) throws(CommandFailure) -> Bool {
    guard let status = answer.status, let (lane, begun) = connections[index].lanes.end(answer.stream) else {
      throw target.strange("answers what was not asked")
    }
    let id = LaneID(connection: index, lane: lane)
    let number = index * shape.inFlight + lane
    if answer.isSuccess {
      switch calls.take(number, answer.payload, begun: begun) {
      case .complete: tally.succeed(begun: begun, ended: now)
      case .failed: tally.fail(begun: begun, ended: now, LoadFailure.unreadable)
      case .goesOn:
        try issue(id, begun: begun)
        return true
      }
    } else {
      _ = calls.take(number, nil, begun: begun)
      tally.fail(begun: begun, ended: now, status: status)
    }
    progress += 1
    return try goOn(id, now, watching: epoll)
  }

  /// A lane is through with what it did.
  @inline(__always)
  private mutating func goOn(
    _ id: LaneID, _ now: UInt64, watching epoll: borrowing Epoll
  ) throws(CommandFailure) -> Bool {
    if shape.reconnects { connections[id.connection].close() }
    if shape.rate != nil {
      free.give(id)
    } else if isIssuing {
      // A connection of its own takes time to ask for, and is counted from then.
      try begin(id, begun: shape.reconnects ? MonotonicClock.now() : now, now: now, watching: epoll)
    }
    return !shape.reconnects
  }

  /// A connection has ended by itself: what waited on it has failed, and its lanes are out of the game unless each call
  /// has a connection of its own.
  private mutating func lose(
    _ index: Int, _ reason: String, watching epoll: borrowing Epoll
  ) throws(CommandFailure) {
    guard opening == 0 else { throw target.strange("closes a connection before it says anything") }
    let now = MonotonicClock.now()
    for begun in connections[index].lanes.begunOfWaiting {
      tally.fail(begun: begun, ended: now, reason)
      progress += 1
    }
    connections[index].close()
    if shape.reconnects {
      _ = try goOn(LaneID(connection: index, lane: 0), now, watching: epoll)
    } else {
      free.forget(connection: index)
      usable -= 1
      guard usable > 0 else { throw target.strange("has closed every connection") }
    }
  }
}
