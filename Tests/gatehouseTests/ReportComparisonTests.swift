internal import Testing

@testable import gatehouse

@Suite struct ReportComparisonTests {
  private let calm: [UInt64] = [100_000, 101_000, 99_000, 100_500, 99_500]

  private func rate(_ before: ScenarioResult, _ after: ScenarioResult) throws -> ReportComparison.Row {
    let comparison = ReportComparison(before: ReportFixture.report([before]), after: ReportFixture.report([after]))
    return try #require(comparison.rows.first { $0.figure.name == "rate" })
  }

  private func verdict(_ before: [UInt64], _ after: [UInt64], echo: Double = 100_000) throws -> ReportComparison.Verdict
  {
    try rate(ReportFixture.result(rates: before), ReportFixture.result(rates: after, echo: echo)).verdict
  }

  @Test func aChangeIsCalledOne() throws {
    let faster = calm.map { $0 * 12 / 10 }
    #expect(try verdict(calm, faster) == .better)
    #expect(try verdict(faster, calm) == .worse)
  }

  @Test func noiseIsNotAChange() throws {
    let noisy: [UInt64] = [70_000, 160_000, 120_000, 150_000, 90_000]
    #expect(try verdict(calm, noisy) == .same)
    #expect(try verdict(calm, calm) == .same)
    // For sure, and too small to matter.
    #expect(try verdict(calm, calm.map { $0 + 3_000 }) == .same)
  }

  @Test func fewRepetitionsTellNothing() throws {
    #expect(try verdict(Array(calm.prefix(4)), [500_000, 500_000, 500_000, 500_000]) == .unknown)
    #expect(try verdict([1], [2]) == .unknown)
  }

  /// One repetition that somebody disturbed does not hide what all the others say.
  @Test func oneOutlierOfManyIsBorne() throws {
    let ten = calm + calm.map { $0 + 7 }
    var faster = ten.map { $0 * 15 / 10 }
    faster[4] = 60_000
    #expect(try verdict(ten, faster) == .better)
  }

  @Test func theMachineIsNotTheProgram() throws {
    let slower = calm.map { $0 / 2 }
    #expect(try verdict(calm, slower, echo: 45_000) == .machine)
    #expect(try verdict(calm, slower, echo: 100_000) == .worse)
    // The floor went down, the rate did not: the program is better than the machine lets it look.
    #expect(try verdict(calm, slower, echo: 90_000) == .worse)
    #expect(try verdict(slower, calm, echo: 210_000) == .machine)
  }

  @Test func ratiosAreOfMediansAndOfPairs() throws {
    let row = try rate(ReportFixture.result(rates: [100, 200, 400]), ReportFixture.result(rates: [300, 200, 100]))
    #expect(row.ratio == 1)
    #expect(row.ratios == 0.25...3)
  }

  @Test func latenciesAreBetterWhenLower() throws {
    let comparison = ReportComparison(
      before: ReportFixture.report([ReportFixture.result(rates: calm, latency: 1_000_000)]),
      after: ReportFixture.report([ReportFixture.result(rates: calm, latency: 500_000)]))
    let p99 = try #require(comparison.rows.first { $0.figure.name == "p99_ns" })
    #expect(p99.verdict == .better)
    #expect(comparison.rows.allSatisfy { $0.figure.name.hasPrefix("p") || $0.verdict == .same })
  }

  @Test func failuresThatWereNotThereAreWorse() throws {
    var failing = ReportFixture.result(rates: calm)
    for index in failing.runs.indices { failing.runs[index].errors = ["UNAVAILABLE": 3] }
    let comparison = ReportComparison(
      before: ReportFixture.report([ReportFixture.result(rates: calm)]), after: ReportFixture.report([failing]))
    let errors = try #require(comparison.rows.first { $0.figure.name == "errors" })
    #expect(errors.verdict == .worse)
    #expect(errors.ratio == nil)
  }

  @Test func onlyWhatWasRunAlikeIsCompared() {
    let other = ReportFixture.result(rates: calm, connections: 1)
    let comparison = ReportComparison(
      before: ReportFixture.report([ReportFixture.result(rates: calm)]), after: ReportFixture.report([other]))
    #expect(comparison.rows.isEmpty)
    #expect(comparison.unmatched == ["create 50 x 64", "create 1 x 64"])
    #expect(comparison.lines(Palette(isOn: false)).first == "no scenario is in both reports")
  }

  @Test func printsRowsAndWhatTheVerdictsMean() {
    let few = ReportComparison(
      before: ReportFixture.report([ReportFixture.result(rates: [100_000])]),
      after: ReportFixture.report([ReportFixture.result(rates: [150_000])]))
    let lines = few.lines(Palette(isOn: false))
    #expect(lines[1].hasPrefix("create    50 x 64  rate"))
    #expect(lines[1].hasSuffix("1.500     1.50 to 1.50  too few"))
    #expect(lines.last?.hasPrefix("too few: five repetitions") == true)
    #expect(few.json["rows"]?.elements?[0]["verdict"] == .string("unknown"))
    #expect(few.json["rows"]?.elements?[0]["ratio"] == .real(1.5))
  }

  @Test func rankTestNeedsFiveOfEach() {
    #expect(!RankTest.canTell(4, 4))
    #expect(RankTest.canTell(5, 5))
    #expect(!RankTest.canTell(0, 5))
    #expect(RankTest.differ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]))
    #expect(!RankTest.differ([1, 2, 3, 4, 6], [5, 7, 8, 9, 10]))
    #expect(!RankTest.differ([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]))
  }
}
