/// What the owner of a ``ServerConnection`` is to do about a frame that came in.
public enum ServerAction: Equatable, Sendable {
  /// Nothing: what the frame is about has ended already.
  case ignore
  /// Decode the Hello, find out who the client is, and call ``ServerConnection/admit(_:)`` or send go-away.
  case authenticate
  /// Hand the call to the handler. It is answered once ``ServerConnection/finishCall(_:)`` says so.
  case submit(CallHeader)
  /// Open a source and pull it while ``ServerConnection/credit(of:)`` is not 0.
  case open(CallHeader, slot: Int)
  /// A stream that may have had no credit has some.
  case resume(slot: Int)
  /// Answer the stream with a status; nothing was begun, or nothing more of it will be shown.
  case refuse(stream: UInt32, CallRefusal)
  /// Release the source in `slot` and answer the stream with `CANCELLED`.
  case cancel(stream: UInt32, slot: Int)
  /// Send a pong.
  case pong(nonce: UInt64)
  /// Send go-away with the violation's status and close.
  case close(ProtocolViolation)
}

/// Why a call is answered by the connection itself.
public enum CallRefusal: Equatable, Sendable {
  case unknownMethod
  case tooManyStreams(limit: Int)
  case tooManyReplyStreams(limit: Int)
  case shuttingDown
  case cancelled
}

/// What a peer did that ends its connection.
public enum ProtocolViolation: Error, Equatable, Sendable {
  case frame(FrameDecoder.Refusal)
  /// The bytes are not an encoded Frame.
  case malformedFrame
  /// A frame without a kind, or of one that only the other side sends.
  case unexpectedKind(FrameView.Kind)
  /// The first frame was another.
  case helloExpected
  case secondHello
  case unsupportedVersion(UInt32)
  /// A call's stream is 0, or not greater than all before it.
  case streamOutOfOrder(UInt32, last: UInt32)
  /// A cancel or credit of a call that was never made.
  case unknownStream(UInt32)
  case tooManyPings
  /// From a server: more messages than were granted.
  case creditExceeded(UInt32)
}
