internal import RPC
internal import System

extension EventLoop {
  /// A connection with bytes of its own reads at least so much behind them.
  private static let leastRead = 16 << 10
  /// A connection keeps empty memory for input up to this.
  private static let keptInput = 4096

  /// Reads once, and handles the frames that are whole.
  func read(_ connection: Connection, hungUp: Bool) {
    guard !connection.isPaused && !connection.hasEnded || hungUp else { return }
    switch connection.stage {
    case .open: break
    case .finishing, .lingering: return discard(connection)
    case .closed: return
    }
    if connection.isPaused || connection.hasEnded {
      // Broken while nothing is read: what it has sent does not matter any more.
      return close(connection, .broken(connection.socket.pendingError()))
    }
    let transfer = connection.input.isEmpty ? readIntoScratch(connection) : readBehindInput(connection)
    switch transfer {
    case .moved(let count):
      counters.bytesReceived &+= UInt64(count)
    // A full read may have left something; the next turn shows.
    case .wouldBlock:
      break
    case .ended:
      peerHasEnded(connection)
    case .failed(let code):
      close(connection, .broken(code))
    }
  }

  private func readIntoScratch(_ connection: Connection) -> Socket.Transfer {
    let transfer = connection.socket.receive(into: scratch)
    guard case .moved(let count) = transfer else { return transfer }
    noteActivity(connection)
    let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<count])
    let consumed = handleFrames(connection, bytes)
    if consumed < count, connection.stage == .open {
      connection.input.append(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
    }
    return transfer
  }

  private func readBehindInput(_ connection: Connection) -> Socket.Transfer {
    var transfer = Socket.Transfer.wouldBlock
    connection.input.append(upTo: EventLoop.leastRead) { room in
      transfer = connection.socket.receive(
        into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(EventLoop.readBytes)))
      if case .moved(let count) = transfer { return count }
      return 0
    }
    guard case .moved = transfer else { return transfer }
    noteActivity(connection)
    handleInput(connection)
    return transfer
  }

  /// Handles the frames that a connection has kept.
  func handleInput(_ connection: Connection) {
    // Out of the connection while it is walked through, so that handling a frame may touch anything.
    var input = ByteQueue()
    swap(&input, &connection.input)
    let consumed = input.withUnsafeBytes { handleFrames(connection, $0) }
    input.consume(consumed)
    guard connection.stage == .open else { return }
    if input.isEmpty, input.allocated > EventLoop.keptInput { input.release() }
    swap(&input, &connection.input)
  }

  private func noteActivity(_ connection: Connection) {
    connection.activeAt = now
    guard connection.pingedAt != 0 else { return }
    connection.pingedAt = 0
    check(connection, at: now &+ configuration.keepaliveInterval)
  }

  // MARK: Frames

  /// - Returns: how many bytes are done with. The rest is the beginning of a frame, or waits while reading is paused.
  private func handleFrames(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Int {
    var offset = 0
    lookForCrowd()
    while connection.stage == .open, !connection.isPaused {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      switch connection.decoder.next(rest) {
      case .frame(let length):
        let start = FrameDecoder.prefixBytes
        offset += start + length
        connection.partialSince = 0
        handleFrame(connection, UnsafeRawBufferPointer(rebasing: rest[start..<start + length]))
      case .incomplete:
        if rest.isEmpty {
          connection.partialSince = 0
        } else if connection.partialSince == 0 {
          connection.partialSince = now
          check(connection, at: now &+ configuration.frameTimeout)
        }
        return offset
      case .refused(let refusal):
        violate(connection, .frame(refusal))
      }
    }
    return offset
  }

  private func handleFrame(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) {
    counters.framesReceived &+= 1
    let frame: FrameView
    do {
      frame = try FrameView(bytes)
    } catch {
      return violate(connection, .malformedFrame)
    }
    switch connection.machine.receive(frame, now: now) {
    case .ignore:
      break
    case .submit(let header):
      submit(connection, header, frame)
    case .open(let header, let slot):
      let opening = StreamOpening(
        header, connection: connection.id, payload: [UInt8](frame.payload),
        waker: StreamWaker(sink: inbox, connection: connection.id, stream: header.stream))
      open(connection, slot: slot, opening)
    case .resume(let slot):
      resumeStream(connection, slot: slot)
    case .refuse(let stream, let refusal):
      refuse(connection, stream, refusal.status(methodPath: frame.methodPath))
    case .cancel(let stream, let slot):
      dropStream(connection, slot: slot)
      refuse(connection, stream, CallRefusal.cancelled.status(methodPath: frame.methodPath))
    case .pong(let nonce):
      connection.output.appendPong(nonce: nonce)
      queued(connection)
    case .authenticate:
      authenticate(connection, bytes)
    case .close(let violation):
      violate(connection, violation)
    }
  }

  private func submit(_ connection: Connection, _ header: CallHeader, _ frame: borrowing FrameView) {
    guard callsInFlight < configuration.maxCallsInFlight else {
      _ = connection.machine.finishCall(header.stream)
      return refuse(connection, header.stream, .overloaded)
    }
    if isCrowded, let refusal = handler.refusal(of: header.method) {
      _ = connection.machine.finishCall(header.stream)
      counters.refusals &+= 1
      connection.output.appendFailure(header.stream, refusal)
      return queued(connection)
    }
    callsInFlight += 1
    counters.calls &+= 1
    calls.append(header, connection: connection.id, payload: frame.payload)
    if calls.count >= EventLoop.greatestBatch || calls.payloadBytes >= EventLoop.greatestBatchBytes { dispatch() }
  }

  /// Ends a stream that has not begun, or is over.
  private func refuse(_ connection: Connection, _ stream: UInt32, _ status: Status) {
    counters.refusals &+= 1
    connection.output.appendEnd(stream, status)
    queued(connection)
  }

  private func authenticate(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) {
    let hello: ClientHello
    do {
      hello = try ClientHello(frame: bytes)
    } catch {
      return violate(connection, error)
    }
    connection.maxReplyFrame = hello.maxFrameBytes
    switch handler.authenticate(authorization: hello.authorization) {
    case .success(let caller):
      connection.machine.admit(caller)
      connection.output.appendHello(configuration.hello)
      queued(connection)
      check(connection, at: now &+ configuration.keepaliveInterval)
      configuration.observer(.opened(connection.id, agent: hello.agent))
      if drainDeadline != nil { drain(connection) }
    case .failure(let status):
      finish(connection, .refused(status.code), status)
    }
  }

  // MARK: The batch

  /// Hands the calls of this turn over.
  func dispatch() {
    guard calls.count > 0 else { return }
    let batch = emptyBatch()
    batch.take(&calls)
    counters.batches &+= 1
    callsHandedOver += batch.count
    handler.handle(batch)
    lookForCrowd()
    if batches.count < EventLoop.keptBatches { batches.append(batch) }
  }

  /// Once for many calls: each time calls are read, and each time some were handed over.
  private func lookForCrowd() { isCrowded = handler.isCrowded(after: callsHandedOver &+ calls.count) }

  /// A batch that the handler is done with, or a new one.
  private func emptyBatch() -> CallBatch {
    for index in batches.indices where isKnownUniquelyReferenced(&batches[index]) {
      let free = batches.remove(at: index)
      if free.reset(spare: spareReplies.last) { spareReplies.removeLast() }
      return free
    }
    return CallBatch(sink: inbox)
  }
}
