/// The numbers that fields may have.
enum FieldNumber {
  static let all: ClosedRange<Int64> = 1...536_870_911
  /// Kept by protobuf's implementations for themselves.
  static let internals: ClosedRange<Int64> = 19_000...19_999
}
