@testable import gatehouse

/// Reports as a run would make them.
enum ReportFixture {
  /// A repetition of a second.
  static func run(_ rate: UInt64, latency: UInt64 = 1_000_000, errors: [String: UInt64] = [:]) -> ScenarioRun {
    var run = ScenarioRun(count: rate, nanoseconds: 1_000_000_000)
    for step in 1...100 { run.latency.record(latency * UInt64(step) / 50) }
    run.errors = errors
    run.serverProcessorMicroseconds = 500_000
    run.clientProcessorMicroseconds = 250_000
    run.wireBytes = rate * 300
    run.diskBytes = rate * 512
    run.residentBytes = 12 << 20
    return run
  }

  static func result(
    _ name: String = "create", rates: [UInt64], latency: UInt64 = 1_000_000, connections: Int = 50, inFlight: Int = 64,
    echo: Double = 100_000
  ) -> ScenarioResult {
    ScenarioResult(
      name: name, load: .init(connections: connections, inFlight: inFlight),
      runs: rates.map { run($0, latency: latency) },
      bounds: [Bound(figure: .rate, floor: Floor(name: "bare echo", measure: .rate, value: echo))])
  }

  static func report(_ results: [ScenarioResult]) -> BenchReport {
    BenchReport(
      machine: .init(processor: "A processor", processors: 2, system: "Linux 6.1", fileSystem: "ext4"),
      floors: [Floor(name: "flush of 4 KiB", measure: .latency, value: 218_000)], results: results,
      conclusions: ["the knee is there"], warnings: ["others took 40 % of the processors"])
  }
}
