internal import Synchronization
internal import Testing

@testable import gatehouse

@Suite struct LoggerTests {
  private final class Lines: Sendable {
    let written = Mutex<[String]>([])
  }

  private func logger(_ level: Logger.Level, _ format: Logger.Format, _ lines: Lines) -> Logger {
    Logger(level: level, format: format, now: { 0 }, write: { line in lines.written.withLock { $0.append(line) } })
  }

  @Test func textLinesNameTheirFields() {
    let lines = Lines()
    logger(.info, .text, lines).info(
      "taking\nconnections", ["address": "127.0.0.1:7420", "why": "2 words", "none": ""])
    #expect(
      lines.written.withLock(\.self) == [
        "1970-01-01T00:00:00.000000Z info    taking\\u{a}connections address=127.0.0.1:7420 why=\"2 words\" none=\"\"\n"
      ])
  }

  @Test func jsonLinesAreObjects() {
    let lines = Lines()
    logger(.debug, .json, lines).error("failed", ["file": "a\"b"])
    #expect(
      lines.written.withLock(\.self) == [
        #"{"time":"1970-01-01T00:00:00.000000Z","level":"error","message":"failed","file":"a\"b"}"# + "\n"
      ])
  }

  @Test func whatIsNotAskedForIsNotMade() {
    let lines = Lines()
    var made = 0
    func message() -> String {
      made += 1
      return "m"
    }
    for level in Logger.Level.allCases {
      for asked in Logger.Level.allCases { logger(asked, .text, lines).log(level, message()) }
    }
    #expect(made == 10)
    #expect(lines.written.withLock(\.count) == 10)
  }
}
