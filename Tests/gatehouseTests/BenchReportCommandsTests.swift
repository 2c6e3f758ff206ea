internal import Foundation
internal import System
internal import Testing

@testable import gatehouse

@Suite final class BenchReportCommandsTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory(prefix: "gatehouse-report-test-")
  }

  private func run(_ words: [String]) -> (code: ExitCode, recording: RecordingConsole) {
    let recording = RecordingConsole()
    return (Program(root: .root, console: recording.console()).run(["bench"] + words), recording)
  }

  private func saved(_ name: String, _ rates: [UInt64]) throws -> String {
    let path = "\(directory.path)/\(name)"
    try ReportFixture.report([ReportFixture.result(rates: rates)]).json.text.write(
      toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  @Test func twoFilesAreCompared() throws {
    let before = try saved("a.json", [100, 101, 102, 103, 104])
    let after = try saved("b.json", [200, 201, 202, 203, 204])
    let (code, recording) = run(["compare", before, after])
    #expect(code == .success, "\(recording.complaints)")
    #expect(recording.written.contains("better"))
    #expect(run(["compare", before, after, "--json"]).recording.written.hasPrefix(#"{"format":1,"rows":[{"#))
  }

  @Test func whatCannotBeReadIsNamed() throws {
    let good = try saved("a.json", [1])
    let bad = "\(directory.path)/bad.json"
    try "{\"results\":[}".write(toFile: bad, atomically: false, encoding: .utf8)
    let (code, recording) = run(["compare", good, bad])
    #expect(code == .failure)
    #expect(recording.complaints.first?.contains("bad.json at byte 12") == true, "\(recording.complaints)")
    #expect(run(["compare", good, "\(directory.path)/none"]).code == .failure)
    #expect(run(["compare", good]).code == .usage)
  }

  @Test func aReportIsDrawnOverWhatWasThere() throws {
    let report = try saved("a.json", [100])
    let drawing = "\(directory.path)/a.svg"
    try String(repeating: "x", count: 100_000).write(toFile: drawing, atomically: false, encoding: .utf8)
    let (code, recording) = run(["plot", report, drawing])
    #expect(code == .success, "\(recording.complaints)")
    let svg = try String(contentsOfFile: drawing, encoding: .utf8)
    #expect(svg.hasPrefix("<svg"))
    #expect(svg.hasSuffix("</svg>\n"))
    #expect(run(["plot", report, "\(directory.path)/none/a.svg"]).code == .failure)
  }
}
