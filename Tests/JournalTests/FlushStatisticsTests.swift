internal import Testing

@testable import Journal

@Suite struct FlushStatisticsTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func nothingIsZero() {
    #expect(FlushStatistics().lifeFigures == FlushFigures())
    #expect(FlushStatistics().recentFigures(now: 7 * Self.second) == FlushFigures())
  }

  /// Against the lengths themselves, sorted.
  @Test func quantilesAreRoundedUpByAnEighthAtMost() {
    var histogram = LengthHistogram()
    var lengths: [UInt64] = []
    var state: UInt64 = 1
    for _ in 0..<10_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let length = (state >> 33) % (1 << ((state >> 20) % 30))
      lengths.append(length)
      histogram.record(length)
    }
    lengths.sort()
    for part in [0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = lengths[Int((Double(lengths.count) * part).rounded(.up)) - 1]
      let told = histogram.quantile(part)
      #expect(told >= exact && told <= exact + exact / 8, "\(part): \(told) for \(exact)")
    }
    #expect(histogram.figures.count == 10_000)
    #expect(histogram.figures.max == lengths.last)
  }

  @Test func theLongestLengthsShareABucket() {
    var histogram = LengthHistogram()
    histogram.record(.max)
    histogram.record(1 << 40)
    #expect(histogram.figures == FlushFigures(count: 2, p50: (1 << 32) - 1, p99: (1 << 32) - 1, max: .max))
  }

  @Test func whatIsOlderThanAMinuteIsForgottenButForTheLife() {
    var flushes = FlushStatistics()
    let start = 1000 * Self.second
    flushes.record(nanoseconds: 500_000, now: start)
    let first = FlushFigures(count: 1, p50: 500, p99: 500, max: 500)
    #expect(flushes.recentFigures(now: start + 49 * Self.second) == first)
    #expect(flushes.recentFigures(now: start + 60 * Self.second).count == 0)
    // The part of the ring that the first one lies in is used again.
    flushes.record(nanoseconds: 700_000, now: start + 60 * Self.second)
    let second = FlushFigures(count: 1, p50: 700, p99: 700, max: 700)
    #expect(flushes.recentFigures(now: start + 60 * Self.second) == second)
    #expect(flushes.lifeFigures.count == 2)
  }

  @Test func slowOnesAreCounted() {
    var flushes = FlushStatistics()
    flushes.record(nanoseconds: 999_999_999, now: 1)
    #expect(flushes.slow == 0)
    flushes.record(nanoseconds: 1_000_000_000, now: 2)
    #expect(flushes.slow == 1)
  }
}
