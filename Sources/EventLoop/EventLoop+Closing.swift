internal import RPC
internal import System

extension EventLoop {
  // MARK: One connection

  /// The peer broke the protocol.
  func violate(_ connection: Connection, _ violation: ProtocolViolation) {
    // A client of HTTP/2 or TLS could make nothing of our go-away.
    if violation == .frame(.anotherProtocol) { return close(connection, .violation(violation)) }
    finish(connection, .violation(violation), violation.status)
  }

  /// Says why, sends what is queued, and closes. Nothing that comes in counts any more.
  func finish(_ connection: Connection, _ reason: ClosingReason, _ status: Status) {
    guard connection.stage == .open else { return }
    connection.output.appendGoAway(lastStream: connection.machine.lastStream, status)
    beginFinishing(connection, reason)
  }

  /// The last has been said.
  private func beginFinishing(_ connection: Connection, _ reason: ClosingReason) {
    dropStreams(connection)
    connection.machine.close()
    connection.stage = .finishing
    connection.reason = reason
    connection.isPaused = false
    connection.input.release()
    setClosingTime(connection, now &+ configuration.helloTimeout)
    markDirty(connection)
  }

  private func setClosingTime(_ connection: Connection, _ time: UInt64) {
    connection.closesAt = min(connection.closesAt, time)
    check(connection, at: connection.closesAt)
  }

  /// The peer will send nothing more. It may still read the answers to what it has sent.
  func peerHasEnded(_ connection: Connection) {
    connection.hasEnded = true
    dropStreams(connection)
    connection.machine.abandonStreams()
    connection.machine.drain()
    setClosingTime(connection, now &+ configuration.helloTimeout)
    markDirty(connection)
  }

  /// Everything is sent. Closing now could destroy it on its way, if the peer has sent something that was not read: the
  /// server closes its side, and waits a moment for the peer to close its own.
  func linger(_ connection: Connection) {
    connection.socket.finishSending()
    connection.stage = .lingering
    setClosingTime(connection, now &+ configuration.lingerTimeout)
  }

  /// Reads what nobody will look at.
  func discard(_ connection: Connection) {
    switch connection.socket.receive(into: scratch) {
    case .moved(let count):
      counters.bytesReceived &+= UInt64(count)
    case .wouldBlock:
      break
    case .ended:
      // It may still read what is queued, if only its own side is closed; but it will not say when it has.
      if connection.stage == .lingering { close(connection, connection.reason) } else { linger(connection) }
    case .failed:
      close(connection, connection.reason)
    }
  }

  /// Ends a connection at once.
  func close(_ connection: Connection, _ reason: ClosingReason) {
    guard connection.stage != .closed else { return }
    dropStreams(connection)
    connection.machine.close()
    connection.stage = .closed
    connection.input.release()
    connection.output.release()
    // The descriptor stays open until the last reference goes, which is before the next turn waits; shutting it down
    // now tells the peer, and removing it keeps its events away.
    connection.socket.disconnect()
    try? epoll.remove(connection.socket.rawValue)
    connections.remove(connection.id)
    counters.connectionsClosed &+= 1
    acceptorBudget.release()
    configuration.observer(.closed(connection.id, reason))
  }

  // MARK: All of them

  func follow(_ order: LoopInbox.Order) {
    switch order {
    case .drain(let deadline):
      stopAccepting()
      if drainDeadline == nil {
        for connection in connections.all { drain(connection) }
      }
      drainDeadline = min(drainDeadline ?? .max, deadline)
    case .expel(let callers, let status):
      for connection in connections.all {
        guard case .open(let caller) = connection.machine.phase, callers.contains(caller) else { continue }
        endStreams(connection, status)
        finish(connection, .refused(status.code), status)
      }
    case .stop:
      stopAccepting()
      isStopped = true
    }
  }

  /// Takes no more calls from the connection, and ends its streams; what the handler has goes on.
  func drain(_ connection: Connection) {
    guard connection.stage == .open else { return }
    if connection.machine.phase == .awaitingHello { return finish(connection, .draining, .shuttingDown) }
    connection.machine.drain()
    connection.output.appendGoAway(lastStream: connection.machine.lastStream, .shuttingDown)
    endStreams(connection, .shuttingDown)
    queued(connection)
  }

  /// Closes what is done. The loop ends when nothing is left, or the time is over.
  func continueDrain(deadline: UInt64) {
    for connection in connections.all {
      if deadline <= now {
        close(connection, .draining)
      } else if connection.stage == .open, connection.isQuiet {
        beginFinishing(connection, .draining)
      }
    }
    flush()
    if connections.count == 0 { isStopped = true }
  }
}
