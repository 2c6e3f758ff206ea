internal import RPC
internal import System

extension EventLoop {
  /// How many connections one turn takes.
  private static let acceptsATurn = 64
  /// How long accepting rests when the system has no more descriptors or memory to give, in nanoseconds.
  private static let acceptPause: UInt64 = 200_000_000

  func startAccepting(_ listener: consuming Listener, loops: [EventLoop]) throws(SystemError) {
    let acceptor = Acceptor(listener: listener)
    acceptor.loops = loops
    self.acceptor = acceptor
    try epoll.add(acceptor.listener.rawValue, .readable, tag: Tag.listener)
  }

  func acceptConnections() {
    guard let acceptor, acceptor.resumesAt == nil else { return }
    for _ in 0..<EventLoop.acceptsATurn {
      switch acceptor.listener.accept() {
      case .accepted(let socket):
        place(socket, acceptor)
      case .none:
        return
      case .exhausted(let code):
        return pauseAccepting(acceptor, SystemError(code: code, operation: "accept4"))
      case .failed(let code):
        return pauseAccepting(acceptor, SystemError(code: code, operation: "accept4"))
      }
    }
  }

  private func place(_ socket: consuming Socket, _ acceptor: Acceptor) {
    guard acceptorBudget.take() else { return turnAway(socket) }
    let loop = acceptor.loops[acceptor.nextLoop]
    acceptor.nextLoop = (acceptor.nextLoop + 1) % acceptor.loops.count
    if loop === self { adopt(socket) } else { loop.inbox.adopt(socket) }
  }

  /// Says why, as far as the kernel takes it at once.
  private func turnAway(_ socket: consuming Socket) {
    var output = ByteQueue()
    output.appendGoAway(lastStream: 0, .tooManyConnections(limit: configuration.maxConnections))
    _ = output.withUnsafeBytes { socket.send($0) }
    socket.finishSending()
    configuration.observer(.turnedAway(limit: configuration.maxConnections))
  }

  /// The connections that wait stay in the kernel's queue.
  private func pauseAccepting(_ acceptor: Acceptor, _ error: SystemError) {
    configuration.observer(.acceptPaused(error))
    acceptor.resumesAt = now &+ EventLoop.acceptPause
    try? epoll.remove(acceptor.listener.rawValue)
  }

  func resumeAccepting() {
    guard let acceptor, let time = acceptor.resumesAt, time <= now else { return }
    acceptor.resumesAt = nil
    do {
      try epoll.add(acceptor.listener.rawValue, .readable, tag: Tag.listener)
    } catch {
      pauseAccepting(acceptor, error)
    }
  }

  /// Closes the listening socket.
  func stopAccepting() {
    acceptor = nil
  }

  /// Takes a connection into this loop. It counts against the budget already.
  func adopt(_ socket: consuming Socket) {
    let raw = socket.rawValue
    do {
      try socket.setNoDelay()
      // The kernel counts a peer that takes nothing, its window shut, as one that does not acknowledge: it has as long
      // as one that is silent.
      try socket.setUserTimeout(milliseconds: UInt32(clamping: configuration.idleTimeout / 1_000_000))
    } catch {
      // The peer has gone meanwhile; reading will show it.
    }
    let connection = connect(socket)
    counters.connectionsOpened &+= 1
    do {
      try epoll.add(raw, .readable, tag: connection.id.rawValue)
    } catch {
      configuration.observer(.failed(error))
      return close(connection, .broken(error.code))
    }
    check(connection, at: now &+ configuration.helloTimeout)
    if drainDeadline != nil { drain(connection) }
  }

  private func connect(_ socket: consuming Socket) -> Connection {
    let limits = configuration.limits
    let time = now
    var held: Socket? = consume socket
    return connections.insert { id in
      Connection(id: id, socket: held.take()!, limits: limits, now: time)
    }
  }
}
