/// Reads an encoded message from foreign bytes.
///
/// It accepts and refuses exactly what protobuf's reference parser (upb) does. Every read is checked against the
/// bounds, none traps, and nothing is allocated but the strings and byte arrays that are asked for.
///
/// The caller keeps the bytes alive and unchanged while the reader, or a slice it gave out, is in use.
public struct WireReader {
  /// How deep messages, map entries and groups may lie within each other, the outermost message not counted: upb's
  /// limit.
  public static let maximumDepth = 100

  /// The most bytes of a varint that is a value.
  static let maximumVarintBytes = 10
  /// The most bytes of a varint that is a tag or a length.
  static let maximumShortVarintBytes = 5

  @usableFromInline var cursor: UnsafeRawPointer
  /// The end of the message being read; messages around it go on behind.
  @usableFromInline var end: UnsafeRawPointer
  /// How many more levels may be entered.
  @usableFromInline var depth: Int

  @inlinable
  public init(_ bytes: UnsafeRawBufferPointer) {
    // An empty buffer may have no address; this one is never read from.
    let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    cursor = start
    end = start + bytes.count
    depth = WireReader.maximumDepth
  }

  /// How many bytes of the present message are left.
  @inlinable
  public var remaining: Int { end - cursor }

  @inlinable
  public var isAtEnd: Bool { cursor == end }

  // MARK: Tags

  /// The tag of the next field of the present message, or nil at its end.
  ///
  /// The end of a group is never a field: it is refused here, and consumed by ``skip(_:)`` where it belongs.
  @inlinable
  public mutating func nextTag() throws(WireError) -> WireTag? {
    guard cursor < end else { return nil }
    let raw = try rawTag()
    // One comparison finds the common tags good: types 0 to 3, field number not 0.
    if raw & 7 < 4, raw >= 8 { return WireTag(unchecked: raw) }
    return try uncommonTag(raw)
  }

  /// Steps over a tag below 128 when it is the next byte; false, and nothing happens, when it is not. For messages that
  /// are laid out as expected, with ``nextTag()`` for those that are not.
  @inlinable
  public mutating func take(_ tag: WireTag) -> Bool {
    guard cursor < end, UInt32(cursor.load(as: UInt8.self)) == tag.rawValue, tag.rawValue < 0x80 else { return false }
    cursor += 1
    return true
  }

  /// Precondition: not at the end.
  @inlinable
  mutating func rawTag() throws(WireError) -> UInt32 {
    let first = cursor.load(as: UInt8.self)
    if first < 0x80 {
      cursor += 1
      return UInt32(first)
    }
    return try longTag()
  }

  @usableFromInline
  @inline(never)
  func uncommonTag(_ raw: UInt32) throws(WireError) -> WireTag {
    let tag = try WireTag(rawValue: raw)
    guard tag.type != .endGroup else { throw .unmatchedGroup }
    return tag
  }

  @usableFromInline
  @inline(never)
  mutating func longTag() throws(WireError) -> UInt32 {
    let value = try shortVarint()
    guard value <= UInt64(UInt32.max) else { throw .invalidTag }
    return UInt32(truncatingIfNeeded: value)
  }

  // MARK: Varints

  /// A varint, up to 10 bytes; bits past the 64th are dropped.
  @inlinable
  public mutating func varint() throws(WireError) -> UInt64 {
    if cursor < end {
      let first = cursor.load(as: UInt8.self)
      if first < 0x80 {
        cursor += 1
        return UInt64(first)
      }
    }
    return try longVarint()
  }

  @usableFromInline
  @inline(never)
  mutating func longVarint() throws(WireError) -> UInt64 {
    if let value = eightByteVarint() { return value }
    return try varint(ofAtMost: WireReader.maximumVarintBytes)
  }

  /// A varint of at most 8 bytes, without a loop over them: moments in microseconds are that long, and records are full
  /// of them. Nil for a longer one, or near the end.
  @inline(__always)
  private mutating func eightByteVarint() -> UInt64? {
    guard end - cursor >= 8 else { return nil }
    let word = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
    let stops = ~word & 0x8080_8080_8080_8080
    guard stops != 0 else { return nil }
    // Up to the first byte without a continuation bit, 7 bits of each; then pairs, quads and halves drawn together.
    var bits = word & (stops ^ (stops &- 1)) & 0x7F7F_7F7F_7F7F_7F7F
    bits = bits & 0x007F_007F_007F_007F | (bits & 0x7F00_7F00_7F00_7F00) &>> 1
    bits = bits & 0x0000_3FFF_0000_3FFF | (bits & 0x3FFF_0000_3FFF_0000) &>> 2
    bits = bits & 0x0000_0000_0FFF_FFFF | (bits & 0x0FFF_FFFF_0000_0000) &>> 4
    cursor += stops.trailingZeroBitCount &>> 3 &+ 1
    return bits
  }

  /// Steps over a varint of at most 4 bytes, hence 28 bits, when it is next and some bytes follow it; nil, and nothing
  /// happens, otherwise. For numbers that are mostly so great.
  @inlinable
  @inline(__always)
  public mutating func takeShortVarint() -> UInt32? {
    guard end - cursor >= 4 else { return nil }
    let word = UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self))
    let stops = ~word & 0x8080_8080
    guard stops != 0 else { return nil }
    // Up to the first byte without a continuation bit, 7 bits of each.
    let bits = word & (stops ^ (stops &- 1))
    cursor += stops.trailingZeroBitCount &>> 3 &+ 1
    return bits & 0x7F | (bits & 0x7F00) &>> 1 | (bits & 0x7F_0000) &>> 2 | (bits & 0x7F00_0000) &>> 3
  }

  /// A varint of at most 5 bytes, hence 35 bits.
  mutating func shortVarint() throws(WireError) -> UInt64 {
    try varint(ofAtMost: WireReader.maximumShortVarintBytes)
  }

  @inline(__always)  // two callers, each with a constant bound
  private mutating func varint(ofAtMost limit: Int) throws(WireError) -> UInt64 {
    let available = min(end - cursor, limit)
    var value: UInt64 = 0
    var index = 0
    while index < available {
      let byte = cursor.load(fromByteOffset: index, as: UInt8.self)
      // At most 63; a shift by 63 keeps one bit of the tenth byte and drops the rest.
      value |= UInt64(byte & 0x7F) &<< UInt64(7 &* index)
      index &+= 1
      if byte < 0x80 {
        cursor += index
        return value
      }
    }
    throw index == limit ? .varintTooLong : .truncated
  }

  // MARK: Fixed width

  /// 4 bytes, little-endian.
  @inlinable
  public mutating func fixed32() throws(WireError) -> UInt32 {
    guard end - cursor >= 4 else { throw .truncated }
    let value = UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self))
    cursor += 4
    return value
  }

  /// 8 bytes, little-endian.
  @inlinable
  public mutating func fixed64() throws(WireError) -> UInt64 {
    guard end - cursor >= 8 else { throw .truncated }
    let value = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
    cursor += 8
    return value
  }

  // MARK: Lengths

  /// The length of what follows; that many bytes are there.
  @inlinable
  mutating func length() throws(WireError) -> Int {
    if cursor < end {
      let first = cursor.load(as: UInt8.self)
      if first < 0x80 {
        cursor += 1
        guard Int(first) <= end - cursor else { throw .truncated }
        return Int(first)
      }
    }
    return try longLength()
  }

  @usableFromInline
  @inline(never)
  mutating func longLength() throws(WireError) -> Int {
    let value = try shortVarint()
    guard value <= UInt64(Int32.max) else { throw .lengthTooGreat }
    let length = Int(truncatingIfNeeded: value)
    guard length <= end - cursor else { throw .truncated }
    return length
  }

  /// The bytes of a length-delimited value, in place: valid as long as the bytes given to the reader.
  @inlinable
  public mutating func lengthDelimited() throws(WireError) -> UnsafeRawBufferPointer {
    let length = try length()
    let slice = UnsafeRawBufferPointer(start: cursor, count: length)
    cursor += length
    return slice
  }
}
