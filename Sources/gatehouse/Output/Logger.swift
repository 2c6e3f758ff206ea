internal import System

/// What a server tells about itself, one line each, on standard error. Any thread.
struct Logger: Sendable {
  enum Level: String, CaseIterable, Comparable, Sendable {
    case debug
    case info
    case warning
    case error

    static func < (first: Level, second: Level) -> Bool {
      first.rank < second.rank
    }

    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  enum Format: String, CaseIterable, Sendable {
    /// "2026-08-01T12:00:00.000000Z info  listening address=127.0.0.1:7420"
    case text
    /// One object a line: "time", "level", "message", then the fields.
    case json
  }

  /// What a line is about, by name.
  typealias Fields = KeyValuePairs<String, String>

  let level: Level
  let format: Format
  var now: @Sendable () -> Int64 = { WallClock.now() }
  /// Takes a whole line with its end; one system call, so lines of several threads do not mix.
  var write: @Sendable (String) -> Void = { StandardStream.error.write($0) }

  /// Writes a line if its level is asked for; neither message nor fields are made otherwise.
  func log(_ level: Level, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    guard level >= self.level else { return }
    let time = TimestampText.utc(microseconds: now())
    switch format {
    case .text: write(Self.text(time, level, message(), fields()) + "\n")
    case .json: write(Self.json(time, level, message(), fields()).text + "\n")
    }
  }

  func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.debug, message(), fields())
  }

  func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.info, message(), fields())
  }

  func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.warning, message(), fields())
  }

  func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.error, message(), fields())
  }

  private static func text(_ time: String, _ level: Level, _ message: String, _ fields: Fields) -> String {
    let padding = String(repeating: " ", count: 7 - level.rawValue.count)
    return fields.reduce(into: "\(time) \(level.rawValue)\(padding) \(PlainText.escaped(message))") { line, field in
      let value = PlainText.escaped(field.value)
      line += " \(field.key)=" + (value.isEmpty || value.contains(" ") ? JSON.string(value).text : value)
    }
  }

  private static func json(_ time: String, _ level: Level, _ message: String, _ fields: Fields) -> JSON {
    let head = [("time", time), ("level", level.rawValue), ("message", message)]
    return .object(
      (head + fields.map { ($0.key, $0.value) }).map { JSON.Member(name: $0.0, value: .string($0.1)) })
  }
}
