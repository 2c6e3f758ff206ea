internal import ByteText
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
    string.withUTF8Bytes { $0.isEqual(to: bytes) }
  }

  /// The same of a text.
  func isSame(as text: borrowing InlineText) -> Bool {
    text.withUTF8Bytes { $0.isEqual(to: bytes) }
  }
}

extension FieldReader {
  /// A `string`, in place.
  @inline(__always)
  mutating func encodedText() throws(RecordError) -> EncodedText { EncodedText(bytes: try utf8()) }
}
