internal import Lifecycle
internal import Services
internal import Testing

@testable import gatehouse

@Suite struct TokenCommandsTests {
  private func run(_ words: [String]) -> (ExitCode, RecordingConsole) {
    let recording = RecordingConsole()
    let code = Program(root: .root, console: recording.console()).run(["token", "new"] + words)
    return (code, recording)
  }

  @Test func theLineIsOfTheToken() throws {
    let (code, recording) = run(["--principal", "shop", "--tenant", "acme", "--role", "partner"])
    #expect(code == .success)
    let words = recording.written.split(whereSeparator: { $0 == " " || $0 == "\n" })
    #expect(words.count == 7 && words[0] == "token" && words[2] == "line")
    let line = words[3...].joined(separator: " ")
    let holders = try TokensFile(Array(line.utf8)).holders
    #expect(holders.map(\.principal) == ["shop"])
    #expect(holders.map(\.tenant) == ["acme"])
    #expect(holders.map(\.role) == [.partner])
    #expect(holders.map(\.digest) == [TokenDigest(of: String(words[1]))])
    // The note that it is shown this once is not for whoever reads the output.
    #expect(recording.complaints.count == 1 && !recording.complaints[0].contains(words[1]))
  }

  @Test(arguments: [[], ["--tenant", "*"]]) func thePlatformIsOfAllTenants(tenant: [String]) throws {
    let (code, recording) = run(["--principal", "ops", "--role", "platform", "--json"] + tenant)
    #expect(code == .success)
    #expect(recording.written.hasPrefix("{\"token\":\"gatehouse_"))
    #expect(recording.written.hasSuffix(" ops * platform\"}\n"))
    #expect(recording.complaints.isEmpty)
  }

  @Test func everyTokenIsAnother() {
    let made = (0..<20).map { _ in run(["--principal", "p", "--tenant", "t", "--role", "observer"]).1.written }
    #expect(Set(made).count == made.count)
  }

  @Test(arguments: [
    [], ["--principal", "p"], ["--principal", "p", "--role", "partner"], ["--principal", "p", "--tenant", "t"],
    ["--principal", "p", "--tenant", "t", "--role", "owner"],
    ["--principal", "p", "--tenant", "*", "--role", "partner"],
    ["--principal", "p", "--tenant", "t", "--role", "platform"], ["--principal", "p q", "--role", "platform"],
    ["--principal", "p", "--tenant", "t#", "--role", "partner"],
  ])
  func whatNobodyCanHoldIsAUsageError(_ words: [String]) {
    let (code, recording) = run(words)
    #expect(code == .usage)
    #expect(recording.written.isEmpty)
  }
}
