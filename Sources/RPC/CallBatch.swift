public import GatehouseAPI

/// The unary calls that one turn of a loop has read, from all its connections, handed over whole.
///
/// The loop fills it, then one ``CallHandler`` has it. It goes back to being the loop's when nobody else holds it.
public final class CallBatch: @unchecked Sendable {  // one owner at a time, see above
  public struct Call: Sendable {
    public let connection: ConnectionID
    public let stream: UInt32
    public let method: RPCMethod
    public let caller: CallerID
    /// In nanoseconds of the monotonic clock; `UInt64.max` is none.
    public let deadline: UInt64
    /// Where the encoded request lies in the arena.
    @usableFromInline let start: Int
    @usableFromInline let end: Int
  }

  /// The calls in the order they came; at least one.
  public private(set) var calls: [Call] = []
  /// Where the answers go.
  public let sink: any ReplySink
  /// For the handler to render into; others may be made beside it.
  public private(set) var replies = ReplyBatch()
  @usableFromInline var arena = ByteQueue()

  public init(sink: any ReplySink) {
    self.sink = sink
  }

  /// Calls `body` with the encoded request of `call`, one of ``calls``; valid within `body`.
  @inlinable
  public func withPayload<Result: ~Copyable, Failure: Error>(
    _ call: Call,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try arena.withUnsafeBytes { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[call.start..<call.end]))
    }
  }

  // MARK: Filling

  /// Adds a call; its payload is copied.
  public func append(
    _ header: CallHeader,
    connection: ConnectionID,
    payload: UnsafeRawBufferPointer
  ) {
    let start = arena.count
    arena.append(payload)
    calls.append(
      Call(
        connection: connection, stream: header.stream, method: header.method, caller: header.caller,
        deadline: header.deadline, start: start, end: arena.count))
  }

  /// How many bytes of requests it holds.
  public var payloadBytes: Int { arena.count }

  /// Makes the batch empty, to be filled again.
  ///
  /// - Parameter spare: an empty batch of replies to use when the handler still has the present one.
  /// - Returns: whether `spare` was taken.
  public func reset(spare: ReplyBatch?) -> Bool {
    calls.removeAll(keepingCapacity: calls.capacity <= CallBatch.keptCalls)
    arena.allocated <= CallBatch.keptBytes ? arena.removeAll() : arena.release()
    if isKnownUniquelyReferenced(&replies) {
      replies.removeAll()
      return false
    }
    replies = spare ?? ReplyBatch()
    return spare != nil
  }

  /// A batch that grew beyond this many calls gives its memory back.
  private static let keptCalls = 16_384
  /// A batch whose requests grew beyond this many bytes gives their memory back.
  private static let keptBytes = 4 << 20
}
