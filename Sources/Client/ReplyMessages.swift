public import ProtobufWire
public import RPC

/// The messages of one streaming call, in their order, for one reader: either a task that iterates, or a thread that
/// calls ``nextBlocking()``. Letting go of it cancels the call.
public struct ReplyMessages<Message: WireMessage>: AsyncSequence, Sendable {
  public typealias Element = Message
  public typealias Failure = Status

  private let handle: StreamHandle

  init(_ handle: StreamHandle) {
    self.handle = handle
  }

  /// Waits for the next message. Blocks the thread: not for tasks.
  ///
  /// - Returns: nil when the stream has ended well, or was cancelled here.
  public func nextBlocking() throws(Status) -> Message? {
    guard let payload = try handle.queue.nextBlocking() else { return nil }
    handle.hasTaken()
    return try GatehouseClient.decode(payload)
  }

  /// Ends the call; messages that have arrived can still be read.
  public func cancel() {
    handle.cancel()
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(handle: handle)
  }

  public struct Iterator: AsyncIteratorProtocol {
    let handle: StreamHandle

    /// - Returns: nil when the stream has ended well, or the task was cancelled.
    public mutating func next() async throws(Status) -> Message? {
      try await next(isolation: #isolation)
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(Status) -> Message? {
      let handle = handle
      let result = await withTaskCancellationHandler {
        await handle.queue.next()
      } onCancel: {
        handle.cancel()
      }
      guard let payload = try result.get() else { return nil }
      handle.hasTaken()
      return try GatehouseClient.decode(payload)
    }
  }
}

/// Cancels a streaming call when its reader lets go of it.
final class StreamHandle: Sendable {
  /// Kept, so that the connection lasts as long as its streams are read.
  private let client: GatehouseClient
  private let link: ClientLink
  private let stream: UInt32
  let queue: ReplyQueue

  init(client: GatehouseClient, link: ClientLink, stream: UInt32, queue: ReplyQueue) {
    self.client = client
    self.link = link
    self.stream = stream
    self.queue = queue
  }

  deinit {
    cancel()
  }

  func cancel() {
    link.abandon(stream, .ok)
  }

  /// A message has been read: grants the server more, some at a time.
  func hasTaken() {
    let messages = queue.creditToGrant()
    if messages > 0 { link.grant(stream, messages: messages) }
  }
}
