internal import Testing

@testable import gatehouse

@Suite struct LoadCommandsTests {
  private func run(_ words: [String], _ environment: [String: String] = [:]) -> (ExitCode, RecordingConsole) {
    let recording = RecordingConsole()
    let console = recording.console(environment: environment)
    return (Program(root: .root, console: console).run(["bench"] + words), recording)
  }

  @Test(arguments: [
    ["create", "--in-flight", "0"], ["create", "--in-flight", "1,,2"], ["create", "--rate", "0"],
    ["create", "--connections", "0"], ["get", "--customers", "0"], ["mixed", "--shares", "put=1"],
    ["create", "--shares", "get=1"], ["overload", "--excess", "100"], ["watch", "--watchers", "-1"], ["nothing"],
    ["create", "operand"],
  ])
  func misuseIsFound(_ words: [String]) {
    let (code, recording) = run(words)
    #expect(code == .usage)
    #expect(recording.written.isEmpty)
  }

  /// Who has set the variable to read from a server does not mean to load it.
  @Test func theVariableOfTheServerIsNotTakenForIt() {
    let (code, recording) = run(["create"], ["GATEHOUSE_SERVER": "127.0.0.1:1"])
    #expect(code == .usage)
    #expect(recording.complaints.first == "gatehouse: GATEHOUSE_SERVER is set, and does not count here")
  }

  @Test func aServerThatIsNotThereIsSaidSo() {
    let (code, recording) = run(["create", "--server", "127.0.0.1:1", "--duration", "1ms"])
    #expect(code == .failure)
    #expect(recording.complaints.first?.hasPrefix("gatehouse: 127.0.0.1:1 cannot be reached") == true)
  }

  @Test func everyLoadOfASweepIsARow() throws {
    let parser = CommandLineParser(root: .root, environment: { _ in nil })
    let words = ["bench", "create", "--in-flight", "1,8", "--rate", "10,20", "--count", "7", "--connections", "3"]
    guard case .run(_, let arguments) = try parser.parse(words) else {
      Issue.record("no command")
      return
    }
    let settings = try LoadSettings(.create, arguments)
    #expect(settings.shapes.map(\.inFlight) == [1, 1, 8, 8])
    #expect(settings.shapes.map(\.rate) == [10, 20, 10, 20])
    #expect(settings.shapes.allSatisfy { $0.extent == .count(7) && $0.connections == 3 })
    #expect(settings.seed == 1)
  }
}
