public import ProtobufWire

/// What one streaming call sends, pulled by its loop. Confined to the loop's thread.
///
/// It is asked only while the client has granted credit and the connection has room, so nothing is ever queued for a
/// slow reader but the position of its source.
public protocol ReplySource: AnyObject {
  /// Writes at most one message.
  ///
  /// - Parameters:
  ///   - payload: empty; what is written counts only with ``ReplyProgress/message``.
  ///   - now: nanoseconds of the monotonic clock.
  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress

  /// The stream has ended for another reason than this source's own `end`: cancelled, past its deadline, the connection
  /// gone. Releases what is held; nothing is called afterwards.
  func cancelled()
}

/// What a ``ReplySource`` came to when it was asked.
public enum ReplyProgress: Sendable {
  /// A message was written; there may be more.
  case message
  /// The answer to a unary call that was held was written, and the call is over. The source is not called again.
  case answer
  /// Nothing to send now: ask again after a wake, or at a time in nanoseconds of the monotonic clock (`UInt64.max`:
  /// only after a wake).
  case idle(until: UInt64)
  /// The stream is over. The source is not called again.
  case end(Status)
}
