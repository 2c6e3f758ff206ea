/// Why bytes are not an encoded message.
///
/// A reader that has thrown is spent: where it stands is not defined, only that reading on is safe.
public enum WireError: Error, Equatable, Sendable {
  /// The bytes end within a value, or a length leads past their end.
  case truncated
  /// A varint is longer than its kind allows: 10 bytes for values, 5 for tags and lengths.
  case varintTooLong
  /// A tag is greater than 32 bits, or its field number is 0.
  case invalidTag
  /// A tag has wire type 6 or 7.
  case invalidWireType
  /// A length is greater than 2^31 - 1.
  case lengthTooGreat
  /// Messages, map entries and groups lie deeper within each other than ``WireReader/maximumDepth``.
  case nestingTooDeep
  /// A group ends that has not begun, ends under another field number, or does not end.
  case unmatchedGroup
  /// A `string` is not UTF-8.
  case invalidUTF8
}
