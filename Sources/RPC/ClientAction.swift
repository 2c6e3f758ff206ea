/// What the owner of a ``ClientConnection`` is to do about a frame that came in.
public enum ClientAction: Equatable, Sendable {
  /// Nothing: what the frame is about was given up.
  case ignore
  /// The server's Hello came; ``ServerHello/init(frame:)`` decodes it.
  case greeted
  /// A message of a stream.
  case message(stream: UInt32)
  /// The call has ended; ``Status/init(replyFrame:)`` decodes how when it was not well.
  case end(stream: UInt32, isOK: Bool)
  /// Send a pong.
  case pong(nonce: UInt64)
  /// The server takes no more calls; decode why with ``GoAwayNotice``. Calls above its last stream were not begun.
  case goAway
  /// The server broke the protocol: close.
  case close(ProtocolViolation)
}
