public import RPC
public import System

/// What a log may want to say about connections.
public enum ServerEvent: Sendable {
  case opened(ConnectionID, agent: String)
  case closed(ConnectionID, ClosingReason)
  /// One connection more than are allowed was turned away.
  case turnedAway(limit: Int)
  /// No connection can be taken for a while: out of descriptors or memory.
  case acceptPaused(SystemError)
  /// A call of the system failed that does not fail on a sound machine.
  case failed(SystemError)
}

/// Why a connection ended.
public enum ClosingReason: Equatable, Sendable {
  case peerClosed
  /// An errno.
  case broken(Int32)
  case violation(ProtocolViolation)
  /// The Hello was refused.
  case refused(StatusCode)
  case helloTimeout
  case frameTimeout
  case idle
  case draining
  case stopped
}
