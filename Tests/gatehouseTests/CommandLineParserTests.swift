internal import Testing

@testable import gatehouse

@Suite struct CommandLineParserTests {
  static let listen = Setting("listen", .hostPort(0...65535), default: "127.0.0.1:7420", "Where.")
  static let state = Setting("state", .text("STATE"), repeats: true, "Which.")
  static let maxFrame = Setting("max-frame-bytes", .byteCount(1024...65536), "How long.")
  static let json = Switch("json", "One line.")

  static let root = Subcommand(
    name: "gatehouse", summary: "tries",
    children: [
      Subcommand(
        name: "serve", summary: "serves", flags: [listen.flag, maxFrame.flag, json.flag],
        action: { _, _ throws(CommandFailure) in }),
      Subcommand(
        name: "screening", summary: "reports",
        children: [
          Subcommand(
            name: "report", summary: "one",
            operands: [
              Subcommand.Operand(name: "ID", summary: "The customer."),
              Subcommand.Operand(name: "NOTE", summary: "A note.", isOptional: true),
            ], flags: [state.flag], action: { _, _ throws(CommandFailure) in })
        ]),
      Subcommand(
        name: "bench", summary: "measures", flags: [json.flag],
        children: [Subcommand(name: "create", summary: "one", action: { _, _ throws(CommandFailure) in })],
        action: { _, _ throws(CommandFailure) in }),
    ])

  private func parse(_ words: [String], _ environment: [String: String] = [:]) throws -> CommandLineParser.Request {
    try CommandLineParser(root: Self.root, environment: { environment[$0] }).parse(words)
  }

  private func arguments(_ words: [String], _ environment: [String: String] = [:]) throws -> Arguments {
    guard case .run(_, let arguments) = try parse(words, environment) else {
      throw UsageError(message: "not a command that runs")
    }
    return arguments
  }

  private func failure(_ words: [String], _ environment: [String: String] = [:]) -> UsageError? {
    do {
      _ = try parse(words, environment)
      return nil
    } catch {
      return error as? UsageError
    }
  }

  @Test func aGroupThatRunsDoesSoWhenNoCommandIsNamed() throws {
    #expect(try arguments(["bench"]).command == "gatehouse bench")
    #expect(try arguments(["bench", "--json"]).isOn(Self.json))
    #expect(try arguments(["bench", "create"]).command == "gatehouse bench create")
    #expect(failure(["bench", "crate"])?.hint == "Did you mean \"create\"?")
    #expect(failure(["bench", "--jsen"])?.hint == "Did you mean --json?")
    guard case .help(let path) = try parse(["bench", "--help"]) else {
      Issue.record("no help")
      return
    }
    #expect(path.map(\.name) == ["gatehouse", "bench"])
  }

  @Test func valuesAreReadInEitherSpelling() throws {
    for words in [["serve", "--listen", "[::1]:1"], ["serve", "--listen=[::1]:1"]] {
      #expect(try arguments(words).value(Self.listen) == HostPort(host: "::1", port: 1))
    }
    #expect(try arguments(["serve"]).value(Self.listen) == HostPort(host: "127.0.0.1", port: 7420))
    #expect(try arguments(["serve"]).value(Self.maxFrame) == nil)
  }

  @Test func theCommandLineGoesBeforeTheEnvironment() throws {
    let environment = ["GATEHOUSE_LISTEN": "h:1", "GATEHOUSE_MAX_FRAME_BYTES": "2KiB", "GATEHOUSE_JSON": "1"]
    #expect(try arguments(["serve"], environment).required(Self.listen).host == "h")
    #expect(try arguments(["serve"], environment).value(Self.maxFrame) == 2048)
    #expect(try arguments(["serve"], environment).isOn(Self.json))
    #expect(try !arguments(["serve", "--json=false"], environment).isOn(Self.json))
    #expect(try arguments(["serve", "--listen", "i:2"], environment).required(Self.listen).host == "i")
    #expect(try arguments(["serve"], ["GATEHOUSE_LISTEN": ""]).required(Self.listen).port == 7420)
  }

  @Test func flagsRepeatWhereTheyMay() throws {
    let words = ["screening", "report", "x", "--state", "a", "--state=b"]
    #expect(try arguments(words).values(Self.state) == ["a", "b"])
    #expect(try arguments(Array(words.prefix(3)), ["GATEHOUSE_STATE": "c,d"]).values(Self.state) == ["c", "d"])
    #expect(failure(["serve", "--json", "--json"])?.message == "--json is given twice")
  }

  @Test func everythingBehindTwoDashesIsAnOperand() throws {
    #expect(try arguments(["screening", "report", "--", "--state", "-"]).operands == ["--state", "-"])
    #expect(try arguments(["screening", "report", "-"]).operands == ["-"])
  }

  @Test(
    arguments: [
      (["serv"], "gatehouse has no command \"serv\"", "Did you mean \"serve\"?"),
      (["scree"], "gatehouse has no command \"scree\"", "Did you mean \"screening\"?"),
      (["xyz"], "gatehouse has no command \"xyz\"", nil),
      (
        ["--listen", "a:1", "serve"], "gatehouse has no flag --listen",
        "Flags stand behind the command that they are for."
      ),
      (["serve", "--lisen", "a:1"], "gatehouse serve has no flag --lisen", "Did you mean --listen?"),
      (["serve", "--lisen=a:1"], "gatehouse serve has no flag --lisen", "Did you mean --listen?"),
      (["serve", "-v"], "gatehouse serve has no flag -v", nil),
      (["serve", "--listen"], "--listen needs a value: --listen HOST:PORT", nil),
      (
        ["serve", "--listen", "--json"], "--listen needs a value: --listen HOST:PORT",
        "A value that begins with dashes is written --listen=VALUE."
      ),
      (["serve", "--json=maybe"], "--json \"maybe\" is neither true nor false", nil),
      (["serve", "--max-frame-bytes=1"], "--max-frame-bytes \"1\" is not from 1024 to 65536 bytes", nil),
      (["serve", "now"], "gatehouse serve does not know what to do with \"now\"", nil),
      (["screening"], "gatehouse screening needs one of: report", nil),
      ([], "gatehouse needs one of: serve, screening, bench", nil),
      (["screening", "report"], "gatehouse screening report needs ID: The customer.", nil),
      (["screening", "report", "1", "2", "3"], "gatehouse screening report does not know what to do with \"3\"", nil),
    ] as [([String], String, String?)])
  func mistakesAreNamed(_ words: [String], _ message: String, _ hint: String?) {
    #expect(failure(words) == UsageError(message: message, hint: hint))
  }

  @Test func aWrongVariableIsNamed() {
    #expect(
      failure(["serve"], ["GATEHOUSE_MAX_FRAME_BYTES": "x"])?.message
        == "GATEHOUSE_MAX_FRAME_BYTES \"x\" is not a number of bytes such as 65536, 64KiB or 1MiB")
  }

  @Test(
    arguments: [
      (["--help"], ["gatehouse"]), (["-h"], ["gatehouse"]), (["help"], ["gatehouse"]),
      (["help", "screening", "report"], ["gatehouse", "screening", "report"]),
      (["serve", "--listen", "a:1", "-h"], ["gatehouse", "serve"]),
      (["screening", "--help"], ["gatehouse", "screening"]),
      (["screening", "report", "--help"], ["gatehouse", "screening", "report"]),
    ] as [([String], [String])])
  func helpIsThereOnEveryLevel(_ words: [String], _ path: [String]) throws {
    guard case .help(let found) = try parse(words) else {
      Issue.record("no help")
      return
    }
    #expect(found.map(\.name) == path)
  }

  @Test func theVersionIsThereOnEveryLevel() throws {
    for words in [["--version"], ["serve", "--version"], ["screening", "--version"]] {
      guard case .version = try parse(words) else {
        Issue.record("no version for \(words)")
        continue
      }
    }
  }

  @Test func aMissingValueIsAskedFor() throws {
    let failure = #expect(throws: CommandFailure.self) { try arguments(["serve"]).required(Self.maxFrame) }
    #expect(failure?.exitCode == .usage)
    #expect(failure?.message == "gatehouse serve needs --max-frame-bytes BYTES")
  }

  @Test func slipsOfTheFingerAreCounted() {
    #expect(Spelling.distance("kitten", "sitting") == 3)
    #expect(Spelling.distance("", "abc") == 3)
    #expect(Spelling.distance("abc", "") == 3)
    #expect(Spelling.distance("same", "same") == 0)
  }
}
