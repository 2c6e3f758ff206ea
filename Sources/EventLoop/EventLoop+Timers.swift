internal import RPC

extension EventLoop {
  /// Sees to it that the connection is looked at by `time`.
  func check(_ connection: Connection, at time: UInt64) {
    guard time < connection.checkedAt else { return }
    connection.checkedAt = time
    timers.insert(TimerHeap.Entry(time: time, connection: connection.id, stream: 0))
  }

  func fireTimers() {
    while let entry = timers.popDue(now: now) {
      guard let connection = connections[entry.connection] else { continue }
      if entry.stream != 0 {
        checkStream(entry.stream, of: connection, armedAt: entry.time)
      } else if connection.checkedAt == entry.time {
        connection.checkedAt = .max
        check(connection)
      }
    }
    resumeAccepting()
  }

  /// Looks which of the connection's times have come, and when to look again.
  private func check(_ connection: Connection) {
    if connection.closesAt <= now { return close(connection, connection.reason) }
    guard connection.stage == .open else { return check(connection, at: connection.closesAt) }
    if connection.machine.phase == .awaitingHello {
      let limit = connection.openedAt &+ configuration.helloTimeout
      guard limit <= now else { return check(connection, at: limit) }
      return finish(connection, .helloTimeout, .tooSlow("no hello came in time"))
    }
    if connection.partialSince != 0, connection.partialSince &+ configuration.frameTimeout <= now {
      return finish(connection, .frameTimeout, .tooSlow("a frame was begun and not ended in time"))
    }
    checkSilence(connection)
  }

  private func checkSilence(_ connection: Connection) {
    let closes = connection.activeAt &+ configuration.idleTimeout
    let pings = connection.activeAt &+ configuration.keepaliveInterval
    if closes <= now {
      return finish(connection, .idle, .tooSlow("nothing came for too long, and pings were not answered"))
    }
    var next = min(closes, connection.closesAt)
    if connection.partialSince != 0 { next = min(next, connection.partialSince &+ configuration.frameTimeout) }
    if pings > now {
      next = min(next, pings)
    } else if connection.pingedAt == 0 {
      connection.pingedAt = now
      if connection.output.isEmpty { connection.output.release() }
      if connection.input.isEmpty { connection.input.release() }
      connection.output.appendPing(nonce: now)
      queued(connection)
    }
    check(connection, at: next)
  }
}
