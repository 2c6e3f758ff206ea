public import GatehouseAPI

extension GatehouseClient {
  /// Follows customers, through everything that happens to connections and servers: after an interruption it connects
  /// again and goes on behind the last event that it handed out, so that each event is seen once and in order.
  ///
  /// - Parameters:
  ///   - request: where to begin and what matches.
  ///   - onHistoryLost: what to do when the history cannot be gone on with.
  ///   - credit: how many messages may lie here unread, at least 1; nil is that of the settings.
  ///   - includesProgress: whether ``WatchChange/progress(revision:)`` is handed out too.
  ///   - onInterruption: told of each interruption that the Watch goes on after; for logs. On any thread.
  public func watch(
    _ request: GatehouseV1.WatchRequest = GatehouseV1.WatchRequest(),
    onHistoryLost: HistoryLoss = .end,
    credit: UInt32? = nil,
    includesProgress: Bool = false,
    onInterruption: (@Sendable (GatehouseError) -> Void)? = nil
  ) -> Watch {
    let resumption = WatchResumption(
      request, onHistoryLost: onHistoryLost, includesProgress: includesProgress, settings)
    return Watch(
      ResumableStream(self, .customerServiceWatch, resumption, credit: credit ?? settings.credit, onInterruption))
  }
}

/// Changes of customers, each once and in order, for one reader: either a task that iterates, or a thread that calls
/// ``nextBlocking()``. What is not read is not sent. Letting go of it ends it.
public struct Watch: AsyncSequence, Sendable {
  public typealias Element = WatchChange
  public typealias Failure = GatehouseError

  private let stream: ResumableStream<WatchResumption>

  init(_ stream: ResumableStream<WatchResumption>) {
    self.stream = stream
  }

  /// The revision up to which everything was handed out; nil as long as nothing is known of it. Keep it, with
  /// ``storeID``, to go on in another process.
  public var position: UInt64? { stream.withCore { $0.position } }

  /// The history that the position belongs to; empty as long as nothing is known of it.
  public var storeID: [UInt8] { stream.withCore { $0.storeID } }

  /// How many revisions the server was ahead of the last message when it made it.
  public var behindBy: UInt64 { stream.withCore { $0.behindBy } }

  /// How many events `latestOnly` has left out so far.
  public var skipped: UInt64 { stream.withCore { $0.skipped } }

  /// Ends it; what has arrived is not handed out any more.
  public func cancel() {
    stream.cancel()
  }

  /// Waits for the next change. Blocks the thread: not for tasks.
  ///
  /// - Returns: nil when the Watch was cancelled here.
  public func nextBlocking() throws(GatehouseError) -> WatchChange? {
    try stream.nextBlocking()
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(stream: stream)
  }

  public struct Iterator: AsyncIteratorProtocol {
    let stream: ResumableStream<WatchResumption>

    /// - Returns: nil when the Watch or its task was cancelled.
    public mutating func next() async throws(GatehouseError) -> WatchChange? {
      try await next(isolation: #isolation)
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(GatehouseError) -> WatchChange? {
      try await stream.next(isolation: actor)
    }
  }
}
