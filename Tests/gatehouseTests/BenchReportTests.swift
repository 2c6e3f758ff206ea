internal import Testing

@testable import gatehouse

@Suite struct BenchReportTests {
  private var report: BenchReport {
    var open = ReportFixture.result("get", rates: [5000], connections: 8, inFlight: 1)
    open.load?.rate = 5000
    open.parameters = [.init(name: "customers", value: "1000")]
    open.bounds.append(Bound(figure: .p50, floor: Floor(name: "round trip", measure: .latency, value: 20_000)))
    open.runs[0].errors = ["RESOURCE_EXHAUSTED": 7]
    var codec = ScenarioResult(name: "codec", things: "messages", runs: [ScenarioRun(count: 9, nanoseconds: 3)])
    codec.parameters = [.init(name: "message", value: "<Customer>")]
    return ReportFixture.report([ReportFixture.result(rates: [90_000, 110_000, 100_000]), open, codec])
  }

  private func reread(_ report: BenchReport) throws -> BenchReport {
    try BenchReport(parsing: Array(report.json.text.utf8))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    #expect(try reread(report) == report)
    #expect(try reread(BenchReport()) == BenchReport())
  }

  /// Names that scripts rely on.
  @Test func namesAreStable() {
    let json = report.json
    #expect(json["format"] == .number(1))
    let create = json["results"]?.elements?[0]
    #expect(create?["rate"]?["median"] == .real(100_000))
    #expect(create?["connections"] == .number(50))
    #expect(create?["latency"]?["p50_ns"] == .number(1_000_447))
    #expect(create?["latency"]?["max_ns"] == .number(2_000_000))
    #expect(create?["server_cpu_us_per_thing"]?["median"] == .real(5))
    #expect(create?["wire_bytes_per_thing"]?["median"] == .real(300))
    #expect(create?["bounds"]?.elements?[0]["ratio"] == .real(1))
    #expect(create?["runs"]?.elements?.count == 3)
    #expect(json["results"]?.elements?[1]["errors"]?["RESOURCE_EXHAUSTED"] == .number(7))
    #expect(json["results"]?.elements?[2]["latency"] == .null)
  }

  @Test(arguments: [
    "[]", "{}", #"{"results":[]}"#, #"{"format":2,"results":[],"floors":[],"warnings":[]}"#,
    #"{"format":1,"results":[{}],"floors":[],"warnings":[]}"#,
    #"{"format":1,"results":[],"floors":[{}],"warnings":[]}"#,
    #"{"format":1,"results":[],"floors":[],"warnings":[1]}"#, #"{"format":1,"results":{},"floors":[],"warnings":[]}"#,
  ])
  func whatIsNoReportIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try BenchReport(parsing: Array(text.utf8)) }
  }

  /// Latencies that no histogram can have told.
  @Test(arguments: [
    (#""buckets":[[5,1]]"#, #""buckets":[[5,18446744073709551615]]"#), (#""buckets":[[5,1]]"#, #""buckets":[[6,1]]"#),
    (#""buckets":[[5,1]]"#, #""buckets":[[9999999999999999,1]]"#), (#""max_ns":5"#, #""max_ns":4"#),
    (#""mean_ns":5.0"#, #""mean_ns":1e300"#), (#""count":1"#, #""count":18446744073709551615"#),
  ])
  func contradictionsAreRefused(_ text: String, _ replacement: String) throws {
    var run = ScenarioRun(count: 1, nanoseconds: 1)
    run.latency.record(5)
    let json = ReportFixture.report([ScenarioResult(name: "a", runs: [run])]).json.text
    let parts = json.split(separator: "\"runs\"", maxSplits: 1)
    let changed = String(parts[1]).replacing(text, with: replacement, maxReplacements: 1)
    #expect(changed != parts[1])
    #expect(throws: JSONError.self) { try BenchReport(parsing: Array("\(parts[0])\"runs\"\(changed)".utf8)) }
  }

  /// A report that somebody damaged is refused or read, printed and drawn.
  @Test func mutatedReportsDoNoHarm() throws {
    var report = report
    report.results[0].runs.removeLast(2)
    let text = Array(report.json.text.utf8)
    var state: UInt64 = 7
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var read = 0
    for _ in 0..<80 {
      var mutated = text
      for _ in 0...next(3) {
        let index = next(mutated.count)
        switch next(3) {
        case 0: mutated[index] = UInt8(truncatingIfNeeded: next(256))
        case 1: mutated.insert(UInt8(ascii: "9"), at: index)
        default: mutated.remove(at: index)
        }
      }
      guard let damaged = try? BenchReport(parsing: mutated) else { continue }
      read += 1
      _ = damaged.lines(Palette(isOn: false))
      _ = ReportPlot(damaged).svg
      _ = ReportComparison(before: report, after: damaged).lines(Palette(isOn: false))
    }
    #expect(read > 0)
  }

  @Test func printsFiguresBoundsFailuresAndWarnings() {
    let lines = report.lines(Palette(isOn: false))
    let text = lines.joined(separator: "\n")
    #expect(lines[0] == "2 x A processor, Linux 6.1, ext4")
    #expect(lines[2].hasPrefix("SCENARIO"))
    #expect(lines[3].hasPrefix("create"))
    for part in [
      "50 x 64", "100,000 calls", "20 %", "1.00 ms", "8, 5,000/s", "get customers=1000", "codec message=<Customer>",
      "5.00 us", "12.0 MiB", "get customers=1000 8, 5,000/s failed: 7 RESOURCE_EXHAUSTED", "flush of 4 KiB", "218 us",
      "round trip", "50.0", "warning: others took 40 % of the processors",
    ] {
      #expect(text.contains(part), "\(part) is not in\n\(text)")
    }
  }

  @Test func aReportOfNothingIsShort() {
    #expect(BenchReport().lines(Palette(isOn: false)).isEmpty)
  }

  @Test func controlCharactersOfAReportAreNotPrinted() {
    var strange = ReportFixture.report([ReportFixture.result("a\u{1B}[31m", rates: [1])])
    strange.warnings = ["\u{1B}[2J"]
    strange.results[0].runs[0].errors = ["\u{7}": 1]
    #expect(!strange.lines(Palette(isOn: false)).joined().unicodeScalars.contains { $0.value < 0x20 })
  }
}
