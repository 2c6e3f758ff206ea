internal import RPC
internal import Synchronization
internal import System

extension Caller {
  /// Starts a thread that connects, unless there is one.
  func startConnecting(_ state: inout State) {
    guard !state.isConnecting, state.link == nil, !state.isClosed else { return }
    do {
      let thread = try Thread(name: "gh-connect") { self.connect() }
      thread.detach()
      state.isConnecting = true
    } catch {
      state.lastFailure = .lost("\(error)")
    }
  }

  /// Tries the addresses in turn until one takes the connection, or nobody waits any longer.
  private func connect() {
    var random = SystemRandomNumberGenerator()
    while true {
      switch state.withLock({ $0.rounds.step(using: &random) }) {
      case .dial(let address):
        if dial(address) { return }
      case .pause(let pause):
        if endsRound() { return }
        let deadline = MonotonicClock.now().saturatingAdding(pause)
        state.wait(deadline: deadline) { $0.isClosed ? () : nil }
      }
    }
  }

  /// - Returns: whether the attempt is over.
  private func dial(_ address: String) -> Bool {
    let result = Result { () throws(GatehouseError) in
      try ClientLink.open(address, settings) { [weak self] link, event in self?.hear(event, of: link) }
    }
    var refused: [Waiting] = []
    let isOver = state.withLock { state in
      switch result {
      case .success(let link):
        state.rounds.rest()
        state.lastFailure = nil
        guard !state.isClosed else { break }
        state.link = link
        state.open[ObjectIdentifier(link)] = link
      case .failure(let failure):
        state.rounds.hasFailed()
        state.lastFailure = failure
        guard failure.code == .unauthenticated || state.isClosed else { return false }
        (refused, state.waiting) = (state.waiting, [])
        state.rounds.rest()
      }
      state.isConnecting = false
      state.hasNews = true
      return true
    }
    state.broadcast()
    switch result {
    case .success(let link):
      if state.withLock({ $0.isClosed }) { link.end(.closed) }
      // It may have ended before it was known here.
      if link.failure != nil { hear(.goneAway, of: link) }
      if link.state.withLock({ $0.isClosed }) { hear(.closed, of: link) }
    case .failure(let failure):
      for each in refused { each.call.giveUp(failure) }
    }
    return isOver
  }

  /// No address took the connection.
  ///
  /// - Returns: whether nobody waits for the next round.
  private func endsRound() -> Bool {
    let (hasty, failure, isOver) = state.withLock { state in
      let hasty = state.waiting.filter { $0.call.isHasty }
      state.waiting.removeAll { $0.call.isHasty || $0.call.isOver }
      let isOver = state.waiting.isEmpty || state.isClosed
      if isOver {
        state.isConnecting = false
        state.rounds.rest()
      }
      state.hasNews = true
      return (hasty, state.lastFailure, isOver)
    }
    state.broadcast()
    for each in hasty { each.call.giveUp(failure ?? .closed) }
    return isOver
  }

  /// What a connection tells.
  private func hear(_ event: ClientLink.Event, of link: ClientLink) {
    state.withLock { state in
      state.hasNews = true
      guard event != .hasRoom else { return }
      if state.link === link {
        state.link = nil
        state.rounds.hasLost()
      }
      if event == .closed { state.open[ObjectIdentifier(link)] = nil }
    }
    state.broadcast()
  }
}
