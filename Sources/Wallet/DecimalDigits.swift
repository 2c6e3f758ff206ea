/// The decimal digits of numbers, without allocating.
enum DecimalDigits {
  /// The decimal digits of `UInt64.max`.
  static let maximumLength = 20

  /// Runs `body` on a number's ASCII digits, most significant first, without leading zeros; the buffer is valid only
  /// during the call.
  static func withBytes(of value: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: maximumLength, alignment: 1) { room in
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      append(value, to: &output)
      body(UnsafeRawBufferPointer(rebasing: room[..<output.finalize(for: room)]))
    }
  }

  /// Appends the digits of a number straight to where they stay: digits that were just written byte by byte are copied
  /// only when the processor's cache has them all.
  @inline(__always)
  static func append(_ value: UInt64, to output: inout OutputRawSpan) {
    var size = 1
    var bound: UInt64 = 10
    while size < maximumLength && value >= bound {
      size &+= 1
      bound &*= 10
    }
    output.withUnsafeMutableBytes { room, count in
      precondition(size <= room.count &- count)
      var rest = value
      var position = count &+ size
      while position > count {
        position &-= 1
        room[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      count &+= size
    }
  }

  /// The number that these bytes write as a canonical decimal: digits only, no sign, no leading zero, at most
  /// `UInt64.max`.
  static func value(of bytes: UnsafeRawBufferPointer) -> UInt64? {
    guard let first = bytes.first, first != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      let digit = byte &- UInt8(ascii: "0")
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
      guard digit < 10, !tooLarge, !carry else { return nil }
      value = sum
    }
    return value
  }
}
