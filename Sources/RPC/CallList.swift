public import GatehouseAPI

/// Unary calls in the order they came, each with its encoded request. What a loop reads lies here until it is handed
/// over; a value, so that to add a call counts no reference.
public struct CallList: ~Copyable {
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

  public private(set) var calls: [Call] = []
  @usableFromInline var arena = ByteQueue()

  public init() {}

  /// How many there are.
  @inlinable
  public var count: Int { calls.count }

  /// How many bytes their requests have.
  @inlinable
  public var payloadBytes: Int { arena.count }

  /// Adds a call; its payload is copied.
  public mutating func append(_ header: CallHeader, connection: ConnectionID, payload: UnsafeRawBufferPointer) {
    let start = arena.count
    arena.append(payload)
    calls.append(
      Call(
        connection: connection, stream: header.stream, method: header.method, caller: header.caller,
        deadline: header.deadline, start: start, end: start &+ payload.count))
  }

  /// Forgets the calls; the memory stays unless it is much.
  public mutating func removeAll() {
    calls.removeAll(keepingCapacity: calls.capacity <= CallList.keptCalls)
    if arena.allocated <= CallList.keptBytes { arena.removeAll() } else { arena.release() }
  }

  /// A list that grew beyond this many calls gives its memory back.
  private static let keptCalls = 16_384
  /// A list whose requests grew beyond this many bytes gives their memory back.
  private static let keptBytes = 4 << 20
}
