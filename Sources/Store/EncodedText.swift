internal import ProtobufWire

/// Text as it lies in a record: checked to be UTF-8, and not copied. Valid as long as the record's bytes.
struct EncodedText {
  /// UTF-8.
  let bytes: UnsafeRawBufferPointer

  /// No text.
  static var none: EncodedText { EncodedText(bytes: UnsafeRawBufferPointer(start: nil, count: 0)) }

  /// The same as a string of its own.
  var string: String { String(copyingUTF8: bytes) }

  /// Whether it is this string, byte for byte.
  func isSame(as string: String) -> Bool {
    string.withUTF8Bytes { $0.holdsSame(as: bytes) }
  }
}

extension FieldReader {
  /// A `string`, in place.
  @inline(__always)
  mutating func encodedText() throws(RecordError) -> EncodedText { EncodedText(bytes: try utf8()) }
}

extension String {
  /// Lends the UTF-8 of the string; valid within `body`.
  @inline(__always)
  func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    utf8Span.span.withUnsafeBytes(body)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes: eight at a time, the last ones with some before them once more.
  func holdsSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    var difference: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= count {
      difference |= word(at: offset) ^ other.word(at: offset)
      offset &+= 8
    }
    if count >= 8 { return difference | word(at: count &- 8) ^ other.word(at: count &- 8) == 0 }
    for index in offset..<count where self[index] != other[index] { return false }
    return true
  }

  private func word(at offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
}
