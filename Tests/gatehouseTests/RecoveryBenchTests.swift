internal import System
internal import Testing

@testable import gatehouse

@Suite struct RecoveryBenchTests {
  private func run(_ words: [String]) -> (ExitCode, RecordingConsole) {
    let recording = RecordingConsole()
    return (Program(root: .root, console: recording.console()).run(["bench", "recover"] + words), recording)
  }

  private func sample(_ processor: Int64, _ time: Int64 = 0, _ bytes: Int = 0) -> RecoveryBench.Sample {
    RecoveryBench.Sample(processorMicroseconds: processor, microseconds: time, residentBytes: bytes)
  }

  @Test(arguments: [["--customers", "0"], ["--rounds", "0"], ["--events-per-customer", "0"], ["operand"]])
  func misuseIsFound(_ words: [String]) {
    let (code, recording) = run(words)
    #expect(code == .usage)
    #expect(recording.written.isEmpty)
  }

  /// Six events lead through every state that a customer comes into without being refused.
  @Test func measuresAStoreOfItsOwn() {
    let (code, recording) = run(["--customers", "50", "--events-per-customer", "6", "--keys", "--rounds", "1"])
    #expect(code == .success, "\(recording.complaints)")
    let lines = recording.written.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines.first?.hasPrefix("50 customers, 300 events, ") == true)
    #expect(lines.dropFirst(2).first?.hasPrefix("the journal alone") == true)
    #expect(lines.dropFirst(4).first?.hasPrefix("the same, all keys lapsed") == true)
    #expect(lines.dropFirst(5).first?.hasPrefix("from a snapshot") == true)
  }

  @Test func measuresAStoreThatIsThereAsItIs() throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-bench-test-")
    let there = ["--directory", "\(directory.path)/store", "--rounds", "1", "--json"]
    #expect(run(there + ["--customers", "20"]).0 == .success)
    let (code, recording) = run(there + ["--customers", "1000"])
    #expect(code == .success, "\(recording.complaints)")
    #expect(recording.written.hasPrefix(#"{"customers":20,"openings":[{"name":"from a snapshot","#))
  }

  @Test func ratesAreOfProcessorTime() {
    let row = RecoveryBench.Row(
      name: "", things: "events", count: 1000, bytes: 500_000, samples: [sample(2_000_000, 9_000_000)])
    #expect(row.rate == 500)
    #expect(row.byteRate == 250_000)
  }

  @Test func eachFigureIsTheMiddleOne() {
    let row = RecoveryBench.Row(
      name: "", things: "", count: 0, bytes: 0, samples: [sample(3, 10, 700), sample(1, 30, 900), sample(2, 20, 800)])
    #expect(row.median == sample(2, 20, 800))
  }

  @Test func printsRowsAndTheJournalsShare() {
    let bench = RecoveryBench(
      customers: 1000,
      floor: .init(
        name: "a", things: "events", count: 1_234_567, bytes: 2_000_000, samples: [sample(1_000_000, 1_500_000)]),
      openings: [
        .init(
          name: "b", things: "events", count: 1_234_567, bytes: 2_000_000,
          samples: [sample(4_000_000, 5_000_500, 400_000)]
        )
      ])
    let lines = bench.lines(Palette(isOn: false))
    #expect(lines[0] == "1,000 customers, 1,234,567 events, 2.000 MB, 1 round")
    #expect(lines[2] == "a  1,234,567 events            2.000        1.000    1.500")
    #expect(lines[3] == "b    308,641 events            0.500        4.000    5.001               400")
    #expect(lines[4] == "25 % of the replay's CPU time is the journal's own reading")
    #expect(bench.json.text.contains(#""journal_share_percent":25"#))
    #expect(bench.json.text.contains(#""resident_bytes_per_customer":400"#))
  }
}
