internal import GatehouseAPI
public import ProtobufWire

/// The messages of a streaming call that says each time what is so now, as statistics and health do: when the
/// connection is lost or the server stops, the call is made again. For one reader: either a task that iterates, or a
/// thread that calls ``nextBlocking()``. Letting go of it ends it.
public struct StateMessages<Message: WireMessage>: AsyncSequence, Sendable {
  public typealias Element = Message
  public typealias Failure = GatehouseError

  private let stream: ResumableStream<StateCore<Message>>

  init(_ stream: ResumableStream<StateCore<Message>>) {
    self.stream = stream
  }

  /// Waits for the next message. Blocks the thread: not for tasks.
  ///
  /// - Returns: nil when it was cancelled here.
  public func nextBlocking() throws(GatehouseError) -> Message? { try stream.nextBlocking() }

  /// Ends it.
  public func cancel() { stream.cancel() }

  public func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }

  public struct Iterator: AsyncIteratorProtocol {
    let stream: ResumableStream<StateCore<Message>>

    /// - Returns: nil when it or the task was cancelled.
    public mutating func next() async throws(GatehouseError) -> Message? {
      try await next(isolation: #isolation)
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(GatehouseError) -> Message? {
      try await stream.next(isolation: actor)
    }
  }
}

/// Each message is the whole truth: the same is asked for again.
struct StateCore<Message: WireMessage>: ResumableCore {
  private let request: [UInt8]
  private var resumption: StreamResumption
  private var held: Message?

  init(_ request: [UInt8], _ settings: ClientSettings) {
    self.request = request
    resumption = StreamResumption(settings)
  }

  mutating func next() -> Message? {
    defer { held = nil }
    return held
  }

  mutating func receive(payload: [UInt8]) throws(GatehouseError) {
    held = try GatehouseClient.decode(payload)
    resumption.reset()
  }

  mutating func requestPayload() -> [UInt8] { request }

  mutating func decide(
    after interruption: StreamResumption.Interruption, using random: inout some RandomNumberGenerator
  ) -> StreamResumption.Decision {
    resumption.decide(after: interruption, using: &random)
  }
}
