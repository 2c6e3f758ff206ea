/// Asks one stream again whether it has something to send.
public final class StreamWaker: Sendable {
  /// The loop that the stream belongs to.
  public let sink: any ReplySink
  private let connection: ConnectionID
  private let stream: UInt32

  public init(sink: any ReplySink, connection: ConnectionID, stream: UInt32) {
    self.sink = sink
    self.connection = connection
    self.stream = stream
  }

  /// Any thread. Nothing happens when the stream has ended.
  public func wake() {
    sink.wakeStream(stream, of: connection)
  }
}
