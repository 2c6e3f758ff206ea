public import GatehouseAPI

/// What the calls are for: the one seam between connections and the services behind them.
public protocol CallHandler: AnyObject, Sendable {
  /// Says who the client of a new connection is. Called on a loop's thread; must not block.
  ///
  /// - Parameter authorization: of its Hello; "Bearer " and a token, or empty.
  func authenticate(authorization: String) -> Result<CallerID, Status>

  /// Whether so much waits that calls which come now would be answered too late: a loop then refuses them as
  /// ``refusal(of:)`` says, at once and without handing them over, which costs little. Asked on a loop's thread.
  ///
  /// - Parameter calls: how many the loop has read since it last sent answers. Many say that calls have waited for long
  ///   in the kernel's buffers, and that more do.
  func isCrowded(after calls: Int) -> Bool

  /// What a call is refused with while too much waits; nil for one that is taken all the same.
  func refusal(of method: RPCMethod) -> EncodedStatus?

  /// Takes calls. Called on a loop's thread; must not block. Each call is answered exactly once, in any number of
  /// batches through `batch.sink`, from any thread, at any time.
  func handle(_ batch: CallBatch)

  /// Begins a streaming call. Called on a loop's thread, which from then on pulls the messages; must not block.
  func open(_ call: StreamOpening) -> any ReplySource
}

extension CallHandler {
  /// A handler that takes whatever comes.
  public func isCrowded(after calls: Int) -> Bool { false }
  public func refusal(of method: RPCMethod) -> EncodedStatus? { nil }
}
