/// Bytes in the order they came: appended at one end, consumed from the other, in memory that is got when the first
/// byte comes and can be given back.
///
/// What bounds it is the caller's business: see who appends.
public struct ByteQueue: ~Copyable, @unchecked Sendable {  // the only owner of its memory
  /// What a queue begins with at least, in bytes: a call or two fit.
  private static let minimumCapacity = 1024

  @usableFromInline var base: UnsafeMutableRawPointer?
  @usableFromInline var capacity = 0
  /// 0 <= start <= end <= capacity.
  @usableFromInline var start = 0
  @usableFromInline var end = 0

  public init() {}

  deinit {
    base?.deallocate()
  }

  @inlinable
  public var count: Int { end &- start }

  @inlinable
  public var isEmpty: Bool { end == start }

  /// How many bytes of memory it has, used or not.
  public var allocated: Int { capacity }

  // MARK: Out

  /// What is there, oldest first; valid within `body`.
  @inlinable
  public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let base else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return try body(UnsafeRawBufferPointer(start: base + start, count: end &- start))
  }

  /// Drops the oldest `size` bytes.
  @inlinable
  public mutating func consume(_ size: Int) {
    precondition(size >= 0 && size <= count)
    start &+= size
    if start == end {
      start = 0
      end = 0
    }
  }

  /// Drops everything; the memory stays.
  @inlinable
  public mutating func removeAll() {
    start = 0
    end = 0
  }

  /// Drops everything and gives the memory back.
  public mutating func release() {
    base?.deallocate()
    base = nil
    capacity = 0
    removeAll()
  }

  // MARK: In

  @inlinable
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0, let source = bytes.baseAddress else { return }
    reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    end &+= bytes.count
  }

  /// Lets `body` fill room for at least `size` bytes; it returns how many it has filled.
  @inlinable
  public mutating func append(upTo size: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
    let room = reserve(size)
    let filled = body(UnsafeMutableRawBufferPointer(start: room, count: capacity &- end))
    precondition(filled >= 0 && filled <= capacity &- end)
    end &+= filled
  }

  /// Makes room for `size` more bytes.
  ///
  /// - Returns: where they go.
  @inlinable
  mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer {
    if capacity &- end < size { makeRoom(size) }
    return base.unsafelyUnwrapped + end
  }

  /// Moves what is left to the front when that is the smaller half, so that each byte moves a bounded number of times;
  /// otherwise takes more memory.
  @usableFromInline
  @inline(never)
  mutating func makeRoom(_ size: Int) {
    let used = count
    if let base, capacity - used >= size, start >= used {
      base.copyMemory(from: base + start, byteCount: used)
    } else {
      let greater = max(ByteQueue.minimumCapacity, capacity * 2, used + size)
      let moved = UnsafeMutableRawPointer.allocate(byteCount: greater, alignment: 16)
      if let base {
        moved.copyMemory(from: base + start, byteCount: used)
        base.deallocate()
      }
      base = moved
      capacity = greater
    }
    start = 0
    end = used
  }
}
