internal import GatehouseAPI
internal import RPC
internal import Testing

@testable import gatehouse

@Suite struct ProgramTests {
  private func run(_ words: [String], _ environment: [String: String] = [:]) -> (ExitCode, RecordingConsole) {
    let recording = RecordingConsole()
    let code = Program(root: .root, console: recording.console(environment: environment)).run(words)
    return (code, recording)
  }

  @Test func theVersionIsPrinted() {
    let (code, recording) = run(["--version"])
    #expect(code == .success)
    #expect(recording.written == "gatehouse \(Subcommand.version)\n")
  }

  @Test func helpGoesToStandardOutput() {
    let (code, recording) = run(["screening", "report", "--help"])
    #expect(code == .success)
    #expect(recording.written.hasPrefix("gatehouse screening report: "))
    #expect(recording.complaints.isEmpty)
  }

  @Test func misuseNamesTheCommandToAsk() {
    let (code, recording) = run(["screening", "report", "id"])
    #expect(code == .usage)
    #expect(recording.written.isEmpty)
    #expect(
      recording.complaints == [
        "gatehouse: gatehouse screening report needs OUTCOME: clear|hit|inconclusive",
        "  \"gatehouse screening report --help\" lists what it takes.",
      ])
  }

  /// Words that do not go together are refused before anybody is called: nobody listens on the port.
  @Test(arguments: [
    ["get"], ["get", "id", "--wallet", "w"], ["watch", "--after", "1", "--snapshot"], ["create"], ["submit", "id"],
    ["simulate", "screen", "id", "perhaps"], ["verification", "report", "id", "maybe"],
    ["verification", "start", "id"], ["log", "backup"], ["log", "backup", "--to", "-", "--resume"],
    ["log", "dump", "/nowhere", "--from", "5", "--to", "4"], ["log", "dump", "/nowhere", "--raw", "--notes"],
    ["log", "dump", "/nowhere", "--customer", "me"], ["log", "restore", "/nowhere"], ["log", "repair", "/"],
    ["log", "restore", "/nowhere", "/there", "--to-revision", "1", "--to-time", "2026-08-01T12:00:00Z"],
    ["log", "restore", "/nowhere", "/there", "--to-revision", "0"], ["log", "restore", "/nowhere", ".."],
    ["reject", "id"], ["wallet", "sign", "--key", "0x01"], ["wallet", "sign"],
    [
      "wallet", "sign", "--message-file", "-", "--customer", "id", "--key",
      "0x0000000000000000000000000000000000000000000000000000000000000001",
    ],
  ])
  func misuseIsFoundBeforeAnybodyIsCalled(_ words: [String]) {
    let (code, recording) = run(words, ["GATEHOUSE_SERVER": "127.0.0.1:1"])
    #expect(code == .usage)
    #expect(recording.written.isEmpty)
  }

  @Test func everyRuleIsPrinted() {
    let (code, recording) = run(["transitions", "--json"])
    #expect(code == .success)
    #expect(recording.written.contains(#"{"from":null,"command":"CREATE_CUSTOMER","condition":"","to":"INITIATING","#))
  }

  /// The address of the private key 1 is the one that every library gives.
  @Test func theAddressOfAKeyIsPrinted() {
    let key = "0x" + String(repeating: "0", count: 63) + "1"
    let (code, recording) = run(["wallet", "address", "--key", key, "--chain", "137", "--json"])
    #expect(code == .success)
    #expect(recording.written.contains(#""wallet":"eip155:137:0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf""#))
  }

  @Test func aRefusalShowsAllThatItSays() {
    let status = Status(
      .permissionDenied, .onHold, "a hold is left", metadata: [("holds", "RISK"), ("b", "\u{1B}[0m")],
      retryAfterMicroseconds: 1_500_000, fieldViolations: [(field: "kinds", description: "too few")])
    let failure = CommandFailure(refused: status)
    #expect(failure.exitCode == .failure)
    #expect(failure.message == "PERMISSION_DENIED ON_HOLD: a hold is left")
    #expect(failure.details == ["b: \u{1B}[0m", "holds: RISK", "kinds: too few", "try again in 1s500ms"])
    let root = Subcommand(
      name: "gatehouse", summary: "",
      children: [Subcommand(name: "fail", summary: "", action: { _, _ throws(CommandFailure) in throw failure })])
    let recording = RecordingConsole()
    #expect(Program(root: root, console: recording.console()).run(["fail"]) == .failure)
    #expect(recording.complaints[1] == "  b: \\u{1b}[0m")
  }
}
