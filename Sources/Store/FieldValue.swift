internal import Lifecycle
internal import ProtobufWire

/// The value of one field of a record: a number, of a varint or of eight bytes, or bytes. The journal's records use no
/// other wire types.
enum FieldValue {
  case number(UInt64)
  case payload(UnsafeRawBufferPointer)

  /// The number; 0 for a field that holds bytes.
  var varint: UInt64 {
    switch self {
    case .number(let value): value
    case .payload: 0
    }
  }

  /// The bytes; empty for a field that holds a number.
  var bytes: UnsafeRawBufferPointer {
    switch self {
    case .number: UnsafeRawBufferPointer(start: nil, count: 0)
    case .payload(let bytes): bytes
    }
  }

  var time: Timestamp { Timestamp(microseconds: Int64(bitPattern: varint)) }

  /// The number in a narrower type, held to its range: what does not fit becomes the greatest value, which no
  /// enumeration uses.
  func narrow<Number: FixedWidthInteger>() -> Number { Number(clamping: varint) }

  /// The bytes as text.
  func string() throws(RecordError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
    return text
  }

  /// Sixteen bytes, in network order.
  func customerID() throws(RecordError) -> CustomerID {
    guard bytes.count == 16 else { throw .malformed }
    let high = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    return CustomerID(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
  }

  func outcome(_ message: StaticString, _ field: UInt32) throws(RecordError) -> Outcome {
    guard let outcome = Outcome(rawValue: narrow()) else { throw .invalid(message: message, field: field) }
    return outcome
  }
}

/// Calls the body with each field of an encoded message, in order. Fields of other wire types are passed over: a later
/// version may have added them.
func readFields(
  _ bytes: UnsafeRawBufferPointer,
  _ body: (UInt32, FieldValue) throws(RecordError) -> Void
) throws(RecordError) {
  var reader = WireReader(bytes)
  while true {
    let field: UInt32
    let value: FieldValue
    do throws(WireError) {
      guard let tag = try reader.nextTag() else { return }
      field = tag.field
      switch tag.type {
      case .varint: value = .number(try reader.varint())
      case .fixed64: value = .number(try reader.fixed64())
      case .lengthDelimited: value = .payload(try reader.lengthDelimited())
      default:
        try reader.skip(tag)
        continue
      }
    } catch {
      throw .malformed
    }
    try body(field, value)
  }
}
