// The scalar types of proto3, each with protobuf's rule for values that are too wide: the excess high bits are dropped.
extension WireReader {
  @inlinable
  public mutating func int32() throws(WireError) -> Int32 {
    Int32(truncatingIfNeeded: try varint())
  }

  @inlinable
  public mutating func int64() throws(WireError) -> Int64 {
    Int64(bitPattern: try varint())
  }

  @inlinable
  public mutating func uint32() throws(WireError) -> UInt32 {
    UInt32(truncatingIfNeeded: try varint())
  }

  @inlinable
  public mutating func uint64() throws(WireError) -> UInt64 {
    try varint()
  }

  /// Zigzag over the low 32 bits.
  @inlinable
  public mutating func sint32() throws(WireError) -> Int32 {
    let value = UInt32(truncatingIfNeeded: try varint())
    return Int32(bitPattern: value &>> 1 ^ (0 &- (value & 1)))
  }

  /// Zigzag.
  @inlinable
  public mutating func sint64() throws(WireError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value &>> 1 ^ (0 &- (value & 1)))
  }

  /// True when any of the 64 bits is set.
  @inlinable
  public mutating func bool() throws(WireError) -> Bool {
    try varint() != 0
  }

  /// Any value: enums are open.
  @inlinable
  public mutating func enumeration<Value: WireEnum>() throws(WireError) -> Value {
    Value(rawValue: try int32())
  }

  @inlinable
  public mutating func sfixed32() throws(WireError) -> Int32 {
    Int32(bitPattern: try fixed32())
  }

  @inlinable
  public mutating func sfixed64() throws(WireError) -> Int64 {
    Int64(bitPattern: try fixed64())
  }

  @inlinable
  public mutating func float() throws(WireError) -> Float {
    Float(bitPattern: try fixed32())
  }

  @inlinable
  public mutating func double() throws(WireError) -> Double {
    Double(bitPattern: try fixed64())
  }

  /// A `string`: refused unless it is UTF-8, kept byte for byte.
  public mutating func string() throws(WireError) -> String {
    String(copyingUTF8: try utf8())
  }

  /// The bytes of a `string`, in place, refused unless they are UTF-8: for readers that make no `String`, or later.
  ///
  /// Most are short and ASCII: they are told from others eight bytes at a time, which is several times faster than the
  /// library's validation.
  public mutating func utf8() throws(WireError) -> UnsafeRawBufferPointer {
    let bytes = try lengthDelimited()
    if bytes.isASCII { return bytes }
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span)
      return bytes
    } catch {
      throw .invalidUTF8
    }
  }

  /// The bytes of a `bytes` field, copied.
  public mutating func bytes() throws(WireError) -> [UInt8] {
    [UInt8](try lengthDelimited())
  }
}

extension UnsafeRawBufferPointer {
  /// Whether no byte is 128 or more.
  var isASCII: Bool {
    guard let start = baseAddress else { return true }
    var bits: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= count {
      bits |= start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    // The rest with bytes before it once more: cheaper than byte by byte.
    if count >= 8 {
      bits |= start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      bits |= UInt64(start.loadUnaligned(as: UInt32.self))
      bits |= UInt64(start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    } else {
      while offset < count {
        bits |= UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
        offset &+= 1
      }
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }
}

extension String {
  /// The string of bytes that are UTF-8, as ``WireReader/utf8()`` gives them: they are not validated again.
  public init(copyingUTF8 bytes: UnsafeRawBufferPointer) {
    let text = bytes.assumingMemoryBound(to: UInt8.self).span
    self.init(copying: UTF8Span(unchecked: text, isKnownASCII: bytes.isASCII))
  }
}
