/// What the calls are for: the one seam between connections and the services behind them.
public protocol CallHandler: AnyObject, Sendable {
  /// Says who the client of a new connection is. Called on a loop's thread; must not block.
  ///
  /// - Parameter authorization: of its Hello; "Bearer " and a token, or empty.
  func authenticate(authorization: String) -> Result<CallerID, Status>

  /// Takes calls. Called on a loop's thread; must not block. Each call is answered exactly once, in any number of
  /// batches through `batch.sink`, from any thread, at any time.
  func handle(_ batch: CallBatch)

  /// Begins a streaming call. Called on a loop's thread, which from then on pulls the messages; must not block.
  func open(_ call: StreamOpening) -> any ReplySource
}
