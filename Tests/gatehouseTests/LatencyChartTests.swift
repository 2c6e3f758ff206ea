internal import Testing

@testable import gatehouse

@Suite struct LatencyChartTests {
  private func histogram(_ values: (nanoseconds: UInt64, times: UInt64)...) -> Histogram {
    var histogram = Histogram()
    for value in values { histogram.record(value.nanoseconds, times: value.times) }
    return histogram
  }

  @Test func nothingHasNoChart() {
    #expect(LatencyChart(over: []) == nil)
    #expect(LatencyChart(over: [Histogram()]) == nil)
  }

  @Test func theScaleGoesFromPowerToPowerOfTen() throws {
    let chart = try #require(LatencyChart(over: [histogram((20_000, 1)), histogram((3_000_000, 1)), Histogram()]))
    #expect(chart.firstDecade == 4)
    #expect(chart.decades == 3)
    #expect(chart.scale == "|10 us  |100 us |1 ms   ")
  }

  @Test func eachLatencyIsInItsCell() throws {
    let latencies = histogram((1000, 80), (1335, 40), (9999, 1), (10_000, 8))
    let chart = try #require(LatencyChart(over: [latencies]))
    #expect(chart.line(latencies) == "█▄     ▁▁       ")
    #expect(chart.line(Histogram()) == "")
  }

  @Test func theWidestScaleHoldsTheShortestAndTheLongest() throws {
    let latencies = histogram((0, 1), (Histogram.longest, 1))
    let chart = try #require(LatencyChart(over: [latencies]))
    #expect(chart.line(latencies).count == 72)
    #expect(chart.line(latencies).first == "█")
    #expect(chart.line(latencies).last == "█")
  }
}
