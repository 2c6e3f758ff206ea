internal import Testing

@testable import ByteText

@Suite struct ByteTextTests {
  /// As the library writes numbers: every byte in every place, and digits of both kinds side by side.
  @Test func digitsAreThoseOfTheNumber() {
    func digits(_ number: UInt32) -> String {
      withUnsafeBytes(of: number.hexadecimalDigits) { String(decoding: $0, as: UTF8.self) }
    }
    func expected(_ number: UInt32) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
    for byte in UInt32(0)...255 {
      for place in stride(from: UInt32(0), to: 32, by: 8) {
        #expect(digits(byte << place) == expected(byte << place))
        #expect(digits(~(byte << place)) == expected(~(byte << place)))
      }
    }
    for number in [0x0123_4567_89AB_CDEF, 0x9A9A_9A9A_9A9A_9A9A, 0xA9A9_A9A9_A9A9_A9A9, 0, .max] as [UInt64] {
      let all = withUnsafeBytes(of: number.hexadecimalDigits) { String(decoding: $0, as: UTF8.self) }
      #expect(all == expected(UInt32(number >> 32)) + expected(UInt32(truncatingIfNeeded: number)))
    }
    for number in [0x0123_4567, 0x89AB_CDEF, 0x9A9A_9A9A, 0xA9A9_A9A9] as [UInt32] {
      #expect(digits(number) == expected(number))
    }
  }

  @Test func bytesAreAppendedBehindWhatIsThere() {
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { room in
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      for bytes in [[], [1], [2, 3, 4], [], [5, 6, 7, 8]] as [[UInt8]] {
        bytes.withUnsafeBytes { output.append(bytes: $0) }
      }
      output.append(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
      #expect(output.finalize(for: room) == 8)
      #expect(Array(room) == [1, 2, 3, 4, 5, 6, 7, 8])
    }
  }
}
