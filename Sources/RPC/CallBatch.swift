public import Confinement

/// The unary calls that one turn of a loop has read, from all its connections, handed over whole.
///
/// The loop fills it, then one ``CallHandler`` has it. It goes back to being the loop's when nobody else holds it.
public final class CallBatch: @unchecked Sendable {  // one owner at a time, see above
  public typealias Call = CallList.Call

  @usableFromInline let list = Confined(CallList())
  /// Where the answers go.
  public let sink: any ReplySink
  /// For the handler to render into; others may be made beside it.
  public private(set) var replies = ReplyBatch()

  public init(sink: any ReplySink) {
    self.sink = sink
  }

  /// The calls in the order they came; at least one.
  public var calls: [Call] { list.value.calls }

  /// How many calls it has.
  public var count: Int { list.value.count }

  /// Calls `body` with the encoded request of `call`, one of ``calls``; valid within `body`.
  @inlinable
  public func withPayload<Result: ~Copyable, Failure: Error>(
    _ call: Call,
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try list.value.arena.withUnsafeBytes { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[call.start..<call.end]))
    }
  }

  // MARK: The loop's part

  /// Takes the calls of a list, which has this batch's empty one afterwards.
  public func take(_ calls: inout CallList) {
    assert(count == 0)
    swap(&calls, &list.value)
  }

  /// Makes the batch empty, to be filled again.
  ///
  /// - Parameter spare: an empty batch of replies to use when the handler still has the present one.
  /// - Returns: whether `spare` was taken.
  public func reset(spare: ReplyBatch?) -> Bool {
    list.value.removeAll()
    if isKnownUniquelyReferenced(&replies) {
      replies.removeAll()
      return false
    }
    replies = spare ?? ReplyBatch()
    return spare != nil
  }
}
