internal import Testing

@testable import gatehouse

@Suite struct HistogramTests {
  private func histogram(_ values: some Sequence<UInt64>) -> Histogram {
    var histogram = Histogram()
    for value in values { histogram.record(value) }
    return histogram
  }

  @Test func nothingRecordedIsNothing() {
    let empty = Histogram()
    #expect((empty.count, empty.min, empty.max) == (0, 0, 0))
    #expect(empty.mean == 0)
    #expect(empty.percentile(50) == 0)
  }

  /// Up to 2047 ns each duration has a bucket of its own.
  @Test func shortDurationsAreExact() {
    for value: UInt64 in 0...2047 {
      #expect(histogram([value, 1 << 40]).percentile(50) == value)
    }
  }

  /// Each duration lies in a bucket narrower than a thousandth of it, whose upper end is told: never less than the
  /// exact one.
  @Test func longDurationsAreOffByLessThanAThousandth() {
    var duration: UInt64 = 1
    while duration < Histogram.longest {
      for value in [duration - 1, duration, duration + 1] where value <= Histogram.longest {
        let told = histogram([value, Histogram.longest]).percentile(50)
        #expect(told >= value)
        #expect((told - value) * 1000 < max(value, 1), "\(value) is told as \(told)")
      }
      duration += duration / 7 + 1
    }
  }

  /// The last value of a bucket and the first of the next are told apart, at every power of two.
  @Test func bucketsMeetAtPowersOfTwo() {
    for bit in UInt64(1)..<42 {
      let power: UInt64 = 1 << bit
      let both = histogram([power - 1, power])
      #expect(both.percentile(50) == power - 1)
      #expect(both.percentile(100) == power)
    }
  }

  /// The widest error: 2048 shares its bucket with 2049.
  @Test func theWidestBucketIsTwoOf2048() {
    #expect(histogram([2048, Histogram.longest]).percentile(50) == 2049)
    #expect(histogram([2049, Histogram.longest]).percentile(50) == 2049)
    #expect(histogram([2050, Histogram.longest]).percentile(50) == 2051)
  }

  @Test func whatIsTooLongIsTheLongest() {
    let one = histogram([UInt64.max])
    #expect(one.max == Histogram.longest)
    #expect(one.percentile(99) == Histogram.longest)
    #expect(one.mean == Double(Histogram.longest))
  }

  @Test func percentilesAreByRank() {
    let hundred = histogram(1...100)
    #expect(hundred.percentile(0) == 1)
    #expect(hundred.percentile(0.5) == 1)
    #expect(hundred.percentile(1) == 1)
    #expect(hundred.percentile(1.5) == 2)
    #expect(hundred.percentile(50) == 50)
    #expect(hundred.percentile(90) == 90)
    #expect(hundred.percentile(99) == 99)
    #expect(hundred.percentile(99.9) == 100)
    #expect(hundred.percentile(100) == 100)
    // 99.9 % of 1000 is 999 and no rounding error more.
    #expect(histogram(1...1000).percentile(99.9) == 999)
  }

  @Test func countMeanAndEndsAreExact() {
    let values: [UInt64] = [1_000_003, 7, 123_456_789, 40]
    let all = histogram(values)
    #expect((all.count, all.min, all.max) == (4, 7, 123_456_789))
    #expect(all.mean == Double(values.reduce(0, +)) / 4)
    #expect(all.percentile(100) == 123_456_789)
  }

  @Test func severalAtOnceAreAsOneByOne() {
    var histogram = Histogram()
    histogram.record(5000, times: 3)
    histogram.record(10, times: 0)
    #expect(histogram == self.histogram([5000, 5000, 5000]))
  }

  @Test func mergedIsAsRecordedTogether() {
    let few: [UInt64] = [90_000, 3, 5_000_000]
    let many = (0..<1000).map { UInt64($0 * 977) }
    var merged = histogram(few)
    merged.merge(histogram(many))
    #expect(merged == histogram(few + many))
    merged.merge(Histogram())
    #expect(merged == histogram(few + many))
    var empty = Histogram()
    empty.merge(merged)
    #expect(empty == merged)
  }
}
