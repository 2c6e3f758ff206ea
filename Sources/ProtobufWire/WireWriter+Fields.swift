// Whole fields: tag and value.
extension WireWriter {
  @inlinable
  public mutating func field(_ number: UInt32, varint value: UInt64) {
    tag(number, .varint)
    varint(value)
  }

  /// `int32`, `int64` and enums: negative numbers take 10 bytes.
  @inlinable
  public mutating func field(_ number: UInt32, signed value: Int64) {
    field(number, varint: UInt64(bitPattern: value))
  }

  /// `sint32` and `sint64`.
  @inlinable
  public mutating func field(_ number: UInt32, zigzag value: Int64) {
    field(number, varint: UInt64(bitPattern: value &<< 1 ^ value &>> 63))
  }

  @inlinable
  public mutating func field(_ number: UInt32, bool value: Bool) {
    field(number, varint: value ? 1 : 0)
  }

  @inlinable
  public mutating func field(_ number: UInt32, fixed32 value: UInt32) {
    tag(number, .fixed32)
    fixed32(value)
  }

  @inlinable
  public mutating func field(_ number: UInt32, fixed64 value: UInt64) {
    tag(number, .fixed64)
    fixed64(value)
  }

  @inlinable
  public mutating func field(_ number: UInt32, string value: String) {
    tag(number, .lengthDelimited)
    lengthDelimited(value)
  }

  @inlinable
  public mutating func field(_ number: UInt32, bytes value: UnsafeRawBufferPointer) {
    tag(number, .lengthDelimited)
    lengthDelimited(value)
  }

  @inlinable
  public mutating func field(_ number: UInt32, bytes value: [UInt8]) {
    tag(number, .lengthDelimited)
    value.withUnsafeBytes { lengthDelimited($0) }
  }

  // MARK: Nested messages

  /// A nested message, or anything else with a length before it, written by `body`.
  ///
  /// When `body` throws, what it wrote is left behind: the caller truncates to the count that it had before.
  @inlinable
  public mutating func message<Failure: Error>(
    _ number: UInt32,
    _ body: (inout WireWriter) throws(Failure) -> Void
  ) throws(Failure) {
    tag(number, .lengthDelimited)
    try lengthDelimited(body)
  }

  @inlinable
  public mutating func message(_ number: UInt32, _ message: some WireMessage) {
    tag(number, .lengthDelimited)
    let start = beginLengthDelimited()
    message.encode(into: &self)
    endLengthDelimited(at: start)
  }

  // MARK: Packed fields and maps

  /// A repeated field of scalars, packed.
  @inlinable
  public mutating func field<Coding: WireCoding>(_ number: UInt32, packed values: [Coding.Value], _: Coding.Type) {
    tag(number, .lengthDelimited)
    let start = beginLengthDelimited()
    for value in values { Coding.write(value, into: &self) }
    endLengthDelimited(at: start)
  }

  /// A map, in the order of its keys; each entry has its key and its value, also those at their default.
  @inlinable
  public mutating func field<Key: WireCoding, Value: WireCoding>(
    _ number: UInt32,
    map: WireMap<Key.Value, Value.Value>,
    _: Key.Type,
    _: Value.Type
  ) {
    for entry in map {
      tag(number, .lengthDelimited)
      let start = beginLengthDelimited()
      tag(1, Key.type)
      Key.write(entry.key, into: &self)
      tag(2, Value.type)
      Value.write(entry.value, into: &self)
      endLengthDelimited(at: start)
    }
  }
}
