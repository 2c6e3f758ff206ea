public import GatehouseAPI

/// A call of a streaming method.
public struct StreamOpening: Sendable {
  public let connection: ConnectionID
  public let stream: UInt32
  public let method: RPCMethod
  public let caller: CallerID
  /// In nanoseconds of the monotonic clock; `UInt64.max` is none. The loop ends the stream when it has passed.
  public let deadline: UInt64
  /// The encoded request.
  public let payload: [UInt8]
  /// Asks this stream again, from any thread.
  public let waker: StreamWaker

  public init(_ header: CallHeader, connection: ConnectionID, payload: [UInt8], waker: StreamWaker) {
    self.connection = connection
    stream = header.stream
    method = header.method
    caller = header.caller
    deadline = header.deadline
    self.payload = payload
    self.waker = waker
  }
}
