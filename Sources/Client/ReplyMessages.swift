public import ProtobufWire
internal import RPC

/// The messages of one streaming call, in their order, for one reader: either a task that iterates, or a thread that
/// calls ``nextBlocking()``. Letting go of it cancels the call.
public struct ReplyMessages<Message: WireMessage>: AsyncSequence, Sendable {
  public typealias Element = Message
  public typealias Failure = GatehouseError

  private let handle: StreamHandle

  init(_ handle: StreamHandle) {
    self.handle = handle
  }

  /// Waits for the next message. Blocks the thread: not for tasks.
  ///
  /// - Returns: nil when the stream has ended well, or was cancelled here.
  public func nextBlocking() throws(GatehouseError) -> Message? {
    guard let payload = try handle.call.queue.nextBlocking() else { return nil }
    handle.call.hasTaken()
    return try GatehouseClient.decode(payload)
  }

  /// Ends the call; messages that have arrived can still be read.
  public func cancel() {
    handle.call.cancel()
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(handle: handle)
  }

  public struct Iterator: AsyncIteratorProtocol {
    let handle: StreamHandle

    /// - Returns: nil when the stream has ended well, or the task was cancelled.
    public mutating func next() async throws(GatehouseError) -> Message? {
      try await next(isolation: #isolation)
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(GatehouseError) -> Message? {
      let call = handle.call
      let result = await withTaskCancellationHandler {
        await call.queue.next()
      } onCancel: {
        call.cancel()
      }
      guard let payload = try result.get() else { return nil }
      call.hasTaken()
      return try GatehouseClient.decode(payload)
    }
  }
}

/// Cancels a streaming call when its reader lets go of it.
final class StreamHandle: Sendable {
  /// Kept, so that the connection lasts as long as its streams are read.
  private let client: GatehouseClient
  let call: StreamCall

  init(client: GatehouseClient, call: StreamCall) {
    self.client = client
    self.call = call
  }

  deinit {
    call.cancel()
  }
}
