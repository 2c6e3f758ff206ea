internal import Testing

@testable import Lifecycle

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, 0), (1, 0), (999_999, 0), (1_000_000, 1_000_000), (1_000_001, 1_000_000), (-1, -1_000_000),
      (-999_999, -1_000_000), (-1_000_000, -1_000_000), (-1_000_001, -2_000_000),
      (Int64.max, 9_223_372_036_854_000_000),
      // Below the last whole second there is none: it stays at the end of the range.
      (Int64.min, Int64.min),
    ] as [(Int64, Int64)])
  func wholeSecondIsTheOneBefore(microseconds: Int64, expected: Int64) {
    #expect(Timestamp(microseconds: microseconds).wholeSecond.microseconds == expected)
  }

  @Test func advancingSaturates() {
    #expect(Timestamp(microseconds: .max).advanced(byMicroseconds: 1).microseconds == .max)
    #expect(Timestamp(microseconds: .min).advanced(byMicroseconds: -1).microseconds == .min)
    #expect(Timestamp(microseconds: .min).advanced(byMicroseconds: .min).microseconds == .min)
    #expect(Timestamp(microseconds: .max).advanced(byMicroseconds: .min).microseconds == -1)
    #expect(Timestamp(microseconds: 5).advanced(byMicroseconds: -7).microseconds == -2)
  }

  @Test func ordersByTime() {
    #expect(Timestamp(microseconds: -1) < Timestamp(microseconds: 0))
    #expect(!(Timestamp(microseconds: 0) < Timestamp(microseconds: 0)))
  }
}
