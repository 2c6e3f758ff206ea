public import Confinement
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

  @usableFromInline
  struct Content: ~Copyable {
    @usableFromInline var calls: [Call] = []
    @usableFromInline var arena = ByteQueue()

    init() {}
  }

  @usableFromInline let content = Confined(Content())
  /// Where the answers go.
  public let sink: any ReplySink
  /// How many calls the loop has handed over before, since it last sent answers. Many say that these here have waited
  /// for long, and that those who called will wait for longer.
  public var callsBefore = 0
  /// For the handler to render into; others may be made beside it.
  public private(set) var replies = ReplyBatch()

  public init(sink: any ReplySink) {
    self.sink = sink
  }

  /// The calls in the order they came; at least one.
  @inlinable
  public var calls: [Call] { content.value.calls }

  /// Calls `body` with the encoded request of `call`, one of ``calls``; valid within `body`.
  @inlinable
  public func withPayload<Result: ~Copyable, Failure: Error>(
    _ call: Call,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try content.value.arena.withUnsafeBytes { (bytes) throws(Failure) in
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
    let start = content.value.arena.count
    content.value.arena.append(payload)
    content.value.calls.append(
      Call(
        connection: connection, stream: header.stream, method: header.method, caller: header.caller,
        deadline: header.deadline, start: start, end: start &+ payload.count))
  }

  /// How many calls it has.
  public var count: Int { content.value.calls.count }

  /// How many bytes of requests it holds.
  public var payloadBytes: Int { content.value.arena.count }

  /// Makes the batch empty, to be filled again.
  ///
  /// - Parameter spare: an empty batch of replies to use when the handler still has the present one.
  /// - Returns: whether `spare` was taken.
  public func reset(spare: ReplyBatch?) -> Bool {
    content.value.calls.removeAll(keepingCapacity: calls.capacity <= CallBatch.keptCalls)
    if content.value.arena.allocated <= CallBatch.keptBytes {
      content.value.arena.removeAll()
    } else {
      content.value.arena.release()
    }
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
