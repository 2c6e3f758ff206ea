/// Writes encoded messages into a buffer of its own, which grows as needed and is reused.
///
/// Fields are always written: leaving out those with default values is the caller's business.
public struct WireWriter: ~Copyable, @unchecked Sendable {  // the only owner of its buffer
  /// What a writer begins with at least, in bytes: a small reply fits.
  private static let minimumCapacity = 64

  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var written = 0

  /// - Parameter capacity: how many bytes to make room for at once.
  public init(capacity: Int = 0) {
    self.capacity = max(capacity, WireWriter.minimumCapacity)
    base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit {
    base.deallocate()
  }

  /// How many bytes have been written.
  @inlinable
  public var count: Int { written }

  @inlinable
  public var isEmpty: Bool { written == 0 }

  /// Forgets what was written; the room stays.
  @inlinable
  public mutating func removeAll() {
    written = 0
  }

  /// Forgets what was written behind the first `count` bytes.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= written)
    written = count
  }

  /// What was written; valid within `body`.
  @inlinable
  public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: written))
  }

  /// Leaves out `size` bytes, to be written by ``withUnsafeMutableBytes(from:_:)``.
  @inlinable
  public mutating func skip(_ size: Int) {
    precondition(size >= 0)
    reserve(size)
    written &+= size
  }

  /// What was written from `start` on, to be changed in place; valid within `body`.
  @inlinable
  public mutating func withUnsafeMutableBytes(from start: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    precondition(start >= 0 && start <= written)
    body(UnsafeMutableRawBufferPointer(start: base + start, count: written &- start))
  }

  /// Puts `value` over the 4 bytes at `offset`, which have been written before.
  @inlinable
  public mutating func patch(at offset: Int, bigEndian value: UInt32) {
    precondition(offset >= 0 && offset <= written - 4)
    base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
  }

  // MARK: Room

  /// Makes room for `size` more bytes.
  @inlinable
  public mutating func reserve(_ size: Int) {
    if capacity &- written < size { grow(size) }
  }

  @usableFromInline
  @inline(never)
  mutating func grow(_ size: Int) {
    let greater = max(capacity * 2, written + size)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: greater, alignment: 16)
    moved.copyMemory(from: base, byteCount: written)
    base.deallocate()
    base = moved
    capacity = greater
  }

  // MARK: Values

  @inlinable
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
    written &+= 1
  }

  @inlinable
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (base + written).copyMemory(from: source, byteCount: bytes.count)
    written &+= bytes.count
  }

  @inlinable
  public mutating func varint(_ value: UInt64) {
    reserve(10)
    storeVarint(value)
  }

  /// Within room that has been reserved.
  @inlinable
  mutating func storeVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: written, as: UInt8.self)
      written &+= 1
      rest &>>= 7
    }
    base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: written, as: UInt8.self)
    written &+= 1
  }

  /// 4 bytes, little-endian.
  @inlinable
  public mutating func fixed32(_ value: UInt32) {
    reserve(4)
    base.storeBytes(of: value.littleEndian, toByteOffset: written, as: UInt32.self)
    written &+= 4
  }

  /// 8 bytes, little-endian.
  @inlinable
  public mutating func fixed64(_ value: UInt64) {
    reserve(8)
    base.storeBytes(of: value.littleEndian, toByteOffset: written, as: UInt64.self)
    written &+= 8
  }

  @inlinable
  public mutating func tag(_ field: UInt32, _ type: WireType) {
    // Most fields are numbered below 16: their tag is one byte.
    let tag = UInt64(field) &<< 3 | UInt64(type.rawValue)
    if tag < 0x80 { append(UInt8(truncatingIfNeeded: tag)) } else { varint(tag) }
  }

  /// Length, then the UTF-8 of `string`.
  public mutating func lengthDelimited(_ string: String) {
    var string = string
    string.withUTF8 { lengthDelimited(UnsafeRawBufferPointer($0)) }
  }

  /// Length, then `bytes`.
  @inlinable
  public mutating func lengthDelimited(_ bytes: UnsafeRawBufferPointer) {
    varint(UInt64(bytes.count))
    append(bytes)
  }

  /// Length, then what `body` writes.
  ///
  /// When `body` throws, what it wrote is left behind: the caller truncates to the count that it had before.
  @inlinable
  public mutating func lengthDelimited<Failure: Error>(
    _ body: (inout WireWriter) throws(Failure) -> Void
  ) throws(Failure) {
    let start = beginLengthDelimited()
    try body(&self)
    endLengthDelimited(at: start)
  }

  /// Keeps one byte for the length of what follows, until ``endLengthDelimited(at:)`` is given what this returns.
  @inlinable
  public mutating func beginLengthDelimited() -> Int {
    reserve(1)
    written &+= 1
    return written
  }

  /// Sets the length of what was written since ``beginLengthDelimited()``.
  @inlinable
  public mutating func endLengthDelimited(at start: Int) {
    let length = written &- start
    if length < 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: length), toByteOffset: start &- 1, as: UInt8.self)
    } else {
      setLongLength(length, at: start)
    }
  }

  /// The length takes more than the byte that was kept for it: what follows moves.
  @usableFromInline
  @inline(never)
  mutating func setLongLength(_ length: Int, at start: Int) {
    let lengthBytes = (Int.bitWidth - length.leadingZeroBitCount + 6) / 7
    reserve(lengthBytes - 1)
    (base + (start - 1 + lengthBytes)).copyMemory(from: base + start, byteCount: length)
    written = start - 1
    storeVarint(UInt64(length))
    written += length
  }
}
