internal import Testing

@testable import gatehouse

@Suite struct ScenarioResultTests {
  private func run(_ count: UInt64, seconds: Double, latencies: [UInt64] = []) -> ScenarioRun {
    var run = ScenarioRun(count: count, nanoseconds: UInt64(seconds * 1e9))
    for latency in latencies { run.latency.record(latency) }
    return run
  }

  @Test func rateIsOfTheTimeThatWentBy() {
    #expect(run(3000, seconds: 1.5).rate == 2000)
    #expect(run(3000, seconds: 0).rate == 0)
  }

  @Test func perThingNeedsAThingAndAFigure() {
    var four = run(4, seconds: 1)
    #expect(four.perThing(four.diskBytes) == nil)
    four.diskBytes = 10
    #expect(four.perThing(four.diskBytes) == 2.5)
    #expect(run(0, seconds: 1).perThing(10) == nil)
  }

  @Test func repetitionsAreOneResult() {
    var failing = run(100, seconds: 1, latencies: [30, 40])
    failing.errors = ["DEADLINE_EXCEEDED": 2, "WALLET_TAKEN": 1]
    var other = run(300, seconds: 1, latencies: [10])
    other.errors = ["WALLET_TAKEN": 5]
    let result = ScenarioResult(name: "create", runs: [failing, other, run(200, seconds: 1, latencies: [20])])
    #expect(result.count == 600)
    #expect(result.seconds == 3)
    #expect(result.errors == ["DEADLINE_EXCEEDED": 2, "WALLET_TAKEN": 6])
    #expect(failing.errorCount == 3)
    #expect(result.latency.percentile(50) == 20)
    #expect(result.spread { $0.rate } == Spread([100, 200, 300]))
    #expect(result.spread { $0.perThing($0.wireBytes) } == nil)
  }

  @Test func spreadIsOfTheMedian() throws {
    #expect(Spread([]) == nil)
    let odd = try #require(Spread([5, 1, 3]))
    #expect((odd.lowest, odd.median, odd.highest, odd.count) == (1, 3, 5, 3))
    #expect(odd.width == 4.0 / 3)
    #expect(Spread([4, 2])?.median == 3)
    #expect(Spread([0, 0])?.width == 0)
  }

  @Test func tenthsAreLeftOutFromTenOn() throws {
    let nine = try #require(Spread((1...9).map(Double.init)))
    #expect((nine.low, nine.high) == (1, 9))
    let ten = try #require(Spread((1...10).map(Double.init).shuffled()))
    #expect((ten.lowest, ten.low, ten.high, ten.highest) == (1, 2, 9, 10))
    let many = try #require(Spread((1...105).map(Double.init)))
    #expect((many.low, many.high) == (11, 95))
  }

  @Test func ratiosAreToTheFloor() {
    let rate = Bound(figure: .rate, floor: Floor(name: "echo", measure: .rate, value: 1000))
    let flush = Bound(figure: .p50, floor: Floor(name: "flush", measure: .latency, value: 100))
    let result = ScenarioResult(name: "create", runs: [run(250, seconds: 1, latencies: [150])], bounds: [rate, flush])
    #expect(result.ratio(rate) == 0.25)
    #expect(result.ratio(flush) == 1.5)
    #expect(ScenarioResult(name: "create", runs: []).ratio(flush) == nil)
    #expect(result.ratio(Bound(figure: .rate, floor: Floor(name: "", measure: .rate, value: 0))) == nil)
  }
}
