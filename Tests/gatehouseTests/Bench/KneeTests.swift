internal import Testing

@testable import gatehouse

@Suite struct KneeTests {
  private func result(inFlight: Int, rate: UInt64, latency: UInt64) -> ScenarioResult {
    var run = ScenarioRun()
    run.count = rate
    run.nanoseconds = 1_000_000_000
    run.latency.record(latency)
    var result = ScenarioResult(name: "create", runs: [run])
    result.load = ScenarioResult.Load(connections: 50, inFlight: inFlight)
    return result
  }

  /// Eight times the load for 1.1 times the throughput is behind the knee.
  @Test func theKneeIsWherePowerIsGreatest() {
    let sweep = [
      result(inFlight: 1, rate: 1_000, latency: 1_000), result(inFlight: 8, rate: 6_000, latency: 1_300),
      result(inFlight: 64, rate: 6_600, latency: 9_700),
    ]
    #expect(Knee.find(sweep) == 1)
    #expect(Knee.sentence(sweep)?.hasPrefix("The knee of create is at 50 x 8: 6,000 calls a second, ") == true)
  }

  @Test func twoPointsAreNoCurve() {
    #expect(
      Knee.find([result(inFlight: 1, rate: 1, latency: 1), result(inFlight: 8, rate: 8, latency: 1)]) == nil)
    #expect(Knee.find([]) == nil)
  }

  @Test func overloadIsSummedUp() {
    let overload = Overload(
      capacity: result(inFlight: 64, rate: 1000, latency: 5), before: result(inFlight: 64, rate: 700, latency: 10),
      during: result(inFlight: 64, rate: 950, latency: 30), recovered: 200_000_000)
    #expect(overload.kept == 0.95)
    #expect(overload.stretch == 3)
    #expect(overload.growth == nil)
    #expect(overload.sentences.count == 3)
    #expect(overload.sentences.last == "The server is itself again within 200 ms.")
  }

  /// The driver took processors from the server, which did with the rest what it does otherwise.
  @Test func anOverloadIsHeldAgainstTheProcessorsThatTheServerHad() {
    func costing(_ microseconds: Int64, rate: UInt64) -> ScenarioResult {
      var result = result(inFlight: 64, rate: rate, latency: 5)
      result.runs[0].serverProcessorMicroseconds = Int64(result.runs[0].count) * microseconds
      return result
    }
    let overload = Overload(
      capacity: costing(4, rate: 1000), before: costing(4, rate: 700),
      during: costing(5, rate: 500), recovered: nil)
    #expect(overload.kept == 0.5)
    #expect(overload.efficiency == 0.8)
    #expect(overload.sentences[1] == "For a second of the server's own processor time that is 80 %.")
  }
}
