internal import EventLoop
internal import RPC

extension Logger {
  /// What happens to connections: everyday life is for debugging, what peers do wrong is worth a line.
  func event(_ event: ServerEvent) {
    switch event {
    case .opened(let connection, let agent):
      debug("connection opened", ["connection": "\(connection.rawValue)", "agent": agent])
    case .closed(let connection, let reason):
      switch reason {
      case .peerClosed, .draining, .stopped, .idle, .broken:
        debug("connection closed", ["connection": "\(connection.rawValue)", "why": "\(reason)"])
      case .violation, .refused, .helloTimeout, .frameTimeout:
        info("connection refused", ["connection": "\(connection.rawValue)", "why": "\(reason)"])
      }
    case .turnedAway(let limit):
      warning("connection turned away: as many are open as are allowed", ["limit": "\(limit)"])
    case .acceptPaused(let error):
      warning("no connections are taken for a while", ["error": "\(error)"])
    case .failed(let failure):
      error("a system call failed", ["error": "\(failure)"])
    }
  }
}
