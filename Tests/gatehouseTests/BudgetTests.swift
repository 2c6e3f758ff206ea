internal import Testing

@testable import gatehouse

@Suite struct BudgetTests {
  private func budget(_ requirement: Budget.Requirement, _ rounds: [(Double, Double)]) -> Budget {
    Budget(
      what: "CreateCustomer", unit: .rate, requirement: requirement, reference: "C",
      rounds: rounds.map { Budget.Round(figure: $0, reference: $1) })
  }

  /// The machine became half as fast in the middle: each round is held against its own reference.
  @Test func ratiosAreThoseOfTheRounds() {
    let slowed = budget(.atLeast(0.2), [(300, 1000), (300, 1000), (150, 500), (150, 500), (125, 500)])
    #expect(slowed.ratios == Spread([0.3, 0.3, 0.3, 0.3, 0.25]))
    #expect(slowed.verdict == .met)
    #expect(slowed.figure?.median == 150)
  }

  @Test func roundsOfLaterSittingsBelongToTheSameRow() {
    let first = budget(.atLeast(0.2), [(300, 1000)])
    var (redis, get, later) = (first, first, budget(.atLeast(0.2), [(200, 900), (250, 1100)]))
    redis.reference = "Redis"
    get.what = "GetCustomer"
    var report = BudgetReport()
    report.add([first, redis])
    later.obstacle = "it ended"
    report.add([later, get])
    #expect(report.budgets.map(\.what) == ["CreateCustomer", "CreateCustomer", "GetCustomer"])
    #expect(report.budgets[0].rounds == first.rounds + later.rounds)
    #expect(report.budgets[0].obstacle == "it ended")
    #expect(report.budgets[1] == redis && report.budgets[2] == get)
  }

  /// A stall of the disk in one round of ten does not stretch the range that is printed.
  @Test func theRangeIsWithoutTheTenths() throws {
    let rounds = (1...10).map { (Double($0 == 10 ? 5000 : 100 + $0), 100.0) }
    let line = try #require(
      BudgetReport(budgets: [budget(.atMost(1.1), rounds)]).lines(Palette(isOn: false)).dropFirst().first)
    #expect(line.contains(" 1.02 to 1.09 "))
  }

  @Test func theRatioInTheMiddleDecides() {
    #expect(budget(.atLeast(0.2), [(1, 10), (3, 10), (1, 10)]).verdict == .missed)
    #expect(budget(.atLeast(0.2), [(2, 10)]).verdict == .met)
    #expect(budget(.atMost(1.1), [(11, 10), (30, 10), (9, 10)]).verdict == .met)
    #expect(budget(.atMost(1.1), [(12, 10)]).verdict == .missed)
  }

  @Test func whatIsMeasuredTwiceHasToAgree() {
    #expect(budget(.between(0.75, 1.33), [(9, 10)]).verdict == .met)
    #expect(budget(.between(0.75, 1.33), [(7, 10)]).verdict == .missed)
    #expect(budget(.between(0.75, 1.33), [(14, 10)]).verdict == .missed)
    #expect(Budget.Requirement.between(0.75, 1.33).text == "0.75 to 1.33")
  }

  @Test func nothingMeasuredIsNeitherMetNorMissed() {
    #expect(budget(.atMost(1), []).verdict == .unmeasured)
    #expect(budget(.atLeast(0), [(1, 0)]).verdict == .unmeasured)
  }

  @Test func eachBudgetIsARow() {
    var missing = budget(.atLeast(50), [])
    missing.obstacle = "there is no program \"x\""
    let report = BudgetReport(
      budgets: [budget(.atLeast(0.2), [(100_000, 1_000_000), (150_000, 1_000_000), (120_000, 1_000_000)]), missing],
      warnings: ["noise"])
    let lines = report.lines(Palette(isOn: false))
    #expect(
      lines[1].hasPrefix("CreateCustomer  120,000/s  C             1,000,000/s  0.120   0.10 to 0.15   >= 0.20  missed")
    )
    #expect(lines[2].hasSuffix(">= 50.00  not measured"))
    #expect(lines.contains("CreateCustomer, against C: not measured: there is no program \"x\""))
    #expect(lines.last == "warning: noise")
    let json = report.json["budgets"]?.elements
    #expect(json?[0]["verdict"] == .string("missed"))
    #expect(json?[0]["ratio"]?["median"] == .real(0.12))
    #expect(json?[1]["verdict"] == .string("unmeasured"))
    #expect(json?[1]["ratio"] == nil)
    #expect(json?[0]["rounds"]?.elements?.count == 3)
    #expect(json?[0]["rounds"]?.elements?[1]["figure"] == .real(150_000))
    #expect(json?[0]["rounds"]?.elements?[1]["reference"] == .real(1_000_000))
  }

  @Test func unitsAreWritten() {
    #expect(Budget.Unit.rate.text(1234) == "1,234/s")
    #expect(Budget.Unit.nanoseconds.text(41_000_000) == "41.0 ms")
    #expect(Budget.Unit.bytes.text(371) == "371 B")
    #expect(Budget.Unit.bytes.text(12_345_678) == "12.3 MB")
    #expect(Budget.Unit.processors.text(0.001) == "0.1 %")
  }
}
