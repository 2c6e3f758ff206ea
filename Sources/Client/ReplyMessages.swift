public import ProtobufWire
internal import Synchronization

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

  /// The same, called again with the same request when the connection is lost or the server stops. For methods whose
  /// messages say each what is so now: statistics, health. For customers and their events there is
  /// ``GatehouseClient/watch(_:onHistoryLost:credit:includesProgress:onInterruption:)``.
  ///
  /// - Parameter onInterruption: told of each interruption after which it goes on; for logs. On any thread.
  public consuming func resuming(
    onInterruption: (@Sendable (GatehouseError) -> Void)? = nil
  ) -> StateMessages<Message> {
    let (client, call) = (handle.client, handle.release())
    let core = StateCore<Message>(call.payload, client.settings)
    return StateMessages(
      ResumableStream(client, call.method, core, credit: call.queue.credit, call: call, onInterruption))
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
  let client: GatehouseClient
  let call: StreamCall
  private let isReleased = Atomic(false)

  init(client: GatehouseClient, call: StreamCall) {
    self.client = client
    self.call = call
  }

  deinit {
    if !isReleased.load(ordering: .relaxed) { call.cancel() }
  }

  /// Gives the call away: whoever takes it ends it.
  func release() -> StreamCall {
    isReleased.store(true, ordering: .relaxed)
    return call
  }
}
