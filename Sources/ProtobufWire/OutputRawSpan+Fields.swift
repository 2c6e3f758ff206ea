public import ByteText

// Fields written straight into room that was made for all of them beforehand: the same bytes as a ``WireWriter``'s, in
// a third of the instructions, because nothing has to grow between two fields and all is inlined into the one function
// that writes a message. For the few messages that every call writes.
//
// Room that is too small is a mistake of whoever made it: it traps, and never writes behind the end.

extension OutputRawSpan {
  @inlinable
  @inline(__always)
  public mutating func varint(_ value: UInt64) {
    if value < 0x80 { append(UInt8(truncatingIfNeeded: value)) } else { longVarint(value) }
  }

  /// Two bytes and more, up to eight of them at once where there is room: what lies behind is written over.
  @inlinable
  @inline(__always)
  mutating func longVarint(_ value: UInt64) {
    guard value < 1 &<< 56, freeCapacity >= 8 else { return bytewiseVarint(value) }
    let (bytes, size) = Self.varintBytes(value)
    withUnsafeMutableBytes { room, count in
      room.storeBytes(of: bytes.littleEndian, toByteOffset: count, as: UInt64.self)
      count &+= size
    }
  }

  /// The varint of a number of at most 56 bits: its first byte is the lowest; and how many bytes it has.
  @inlinable
  @inline(__always)
  public static func varintBytes(_ value: UInt64) -> (bytes: UInt64, size: Int) {
    // Seven bits in each byte: two halves, four quarters, eight eighths.
    var bytes = (value & 0x00FF_FFFF_F000_0000) &<< 4 | value & 0x0FFF_FFFF
    bytes = (bytes & 0x0FFF_C000_0FFF_C000) &<< 2 | bytes & 0x0000_3FFF_0000_3FFF
    bytes = (bytes & 0x3F80_3F80_3F80_3F80) &<< 1 | bytes & 0x007F_007F_007F_007F
    // Every byte but the last goes on.
    let size = (70 &- (value | 1).leadingZeroBitCount) / 7
    let before: UInt64 = 1 &<< UInt64(truncatingIfNeeded: 8 &* size &- 8) &- 1
    return (bytes | 0x0080_8080_8080_8080 & before, size)
  }

  @usableFromInline
  @inline(never)
  mutating func bytewiseVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  @inlinable
  @inline(__always)
  public mutating func tag(_ field: UInt32, _ type: WireType) {
    varint(UInt64(field) &<< 3 | UInt64(type.rawValue))
  }

  @inlinable
  @inline(__always)
  public mutating func field(_ number: UInt32, varint value: UInt64) {
    tag(number, .varint)
    varint(value)
  }

  @inlinable
  @inline(__always)
  public mutating func field(_ number: UInt32, fixed64 value: UInt64) {
    tag(number, .fixed64)
    append(value.littleEndian, as: UInt64.self)
  }

  @inlinable
  @inline(__always)
  public mutating func field(_ number: UInt32, bytes value: UnsafeRawBufferPointer) {
    tag(number, .lengthDelimited)
    varint(UInt64(value.count))
    append(bytes: value)
  }

  /// A field of so many bytes as a value has in memory.
  @inlinable
  @inline(__always)
  public mutating func field<Value: BitwiseCopyable>(_ number: UInt32, bytesOf value: Value) {
    tag(number, .lengthDelimited)
    varint(UInt64(MemoryLayout<Value>.size))
    append(value, as: Value.self)
  }

  @inlinable
  @inline(__always)
  public mutating func field(_ number: UInt32, string value: String) {
    tag(number, .lengthDelimited)
    value.withUTF8Bytes { bytes in
      varint(UInt64(bytes.count))
      append(bytes: bytes)
    }
  }

  /// A varint field, left out when it is 0, as proto3 has it.
  @inlinable
  @inline(__always)
  public mutating func nonZero(_ number: UInt32, _ value: UInt64) {
    if value != 0 { field(number, varint: value) }
  }

  /// A string field, left out when it is empty.
  @inlinable
  @inline(__always)
  public mutating func nonEmpty(_ number: UInt32, _ value: String) {
    if !value.isEmpty { field(number, string: value) }
  }

  /// The same for a text that may lie within its owner.
  @inlinable
  @inline(__always)
  public mutating func nonEmpty(_ number: UInt32, _ value: borrowing InlineText) {
    let count = value.byteCount
    guard count != 0 else { return }
    tag(number, .lengthDelimited)
    varint(UInt64(count))
    append(value)
  }

  /// A nested message, or anything else with a length before it.
  ///
  /// - Parameter lengthBytes: how many bytes its length probably takes: 1 below 128 bytes, 2 below 16,384. Another is
  ///   right too, but then what `body` wrote is moved.
  @inlinable
  @inline(__always)
  public mutating func message(
    _ number: UInt32, lengthBytes: Int = 1, _ body: (inout OutputRawSpan) -> Void
  ) {
    tag(number, .lengthDelimited)
    for _ in 0..<lengthBytes { append(0) }
    let start = byteCount
    body(&self)
    let length = byteCount &- start
    if lengthBytes == 1 && length < 0x80 {
      setByte(at: start &- 1, to: UInt8(truncatingIfNeeded: length))
    } else if lengthBytes == 2 && length >= 0x80 && length < 0x4000 {
      setByte(at: start &- 2, to: UInt8(truncatingIfNeeded: length) | 0x80)
      setByte(at: start &- 1, to: UInt8(truncatingIfNeeded: length &>> 7))
    } else {
      moveMessage(from: start, length: length, lengthBytes: lengthBytes)
    }
  }

  @inlinable
  @inline(__always)
  mutating func setByte(at offset: Int, to byte: UInt8) {
    withUnsafeMutableBytes { room, count in
      precondition(offset >= 0 && offset < count)
      room[offset] = byte
    }
  }

  /// The length takes another number of bytes than were kept for it: what follows moves.
  @usableFromInline
  @inline(never)
  mutating func moveMessage(from start: Int, length: Int, lengthBytes kept: Int) {
    let needed = max(1, (Int.bitWidth - length.leadingZeroBitCount + 6) / 7)
    for _ in kept..<max(kept, needed) { append(0) }
    withUnsafeMutableBytes { room, count in
      guard let base = room.baseAddress else { return }
      let begin = start - kept
      (base + (begin + needed)).copyMemory(from: base + start, byteCount: length)
      count = begin
    }
    // One byte at a time, since the body lies right behind.
    bytewiseVarint(UInt64(length))
    withUnsafeMutableBytes { _, count in count += length }
  }
}

extension String {
  /// Lends the UTF-8 without copying it where it lies in one piece, as all strings do that were made from bytes.
  @inlinable
  @inline(__always)
  public func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
    var copy = self
    return copy.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }
}

extension WireWriter {
  /// Appends what `body` writes into room for `size` bytes, which it may fill in part.
  @inlinable
  @inline(__always)
  public mutating func append(atMost size: Int, _ body: (inout OutputRawSpan) -> Void) {
    reserve(size)
    let room = UnsafeMutableRawBufferPointer(start: base + written, count: size)
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    body(&output)
    written &+= output.finalize(for: room)
  }
}
