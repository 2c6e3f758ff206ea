internal import System

/// How far a long command is, for a person at a terminal: on a line of standard error that is written over.
struct ProgressLine {
  /// How often the line is written at most, in nanoseconds.
  private static let interval: UInt64 = 200_000_000

  /// Writes to the terminal; nil when nobody looks.
  private let write: (@Sendable (String) -> Void)?
  private let label: String
  private let total: Int
  private let began = MonotonicClock.now()
  private let startBytes: Int
  private var shownAt: UInt64 = 0
  private var width = 0

  /// - Parameters:
  ///   - label: what is going on: "restoring".
  ///   - total: bytes that there are to go through.
  ///   - done: bytes of them that were gone through before.
  init(_ label: String, of total: Int, done: Int = 0, _ write: (@Sendable (String) -> Void)?) {
    self.write = write
    self.label = label
    self.total = total
    startBytes = done
  }

  mutating func show(_ done: Int) {
    guard let write else { return }
    let now = MonotonicClock.now()
    guard now - shownAt >= Self.interval else { return }
    shownAt = now
    let line = label + " " + Self.line(done: done, of: total, received: done - startBytes, nanoseconds: now - began)
    let rest = String(repeating: " ", count: max(0, width - line.count))
    width = line.count
    write("\r\(line)\(rest)")
  }

  /// Takes the line away.
  mutating func end() {
    guard let write, width > 0 else { return }
    write("\r\(String(repeating: " ", count: width))\r")
    width = 0
  }

  /// "12.0 MiB of 48.0 MiB, 25 %, 6.0 MiB/s".
  static func line(done: Int, of total: Int, received: Int, nanoseconds: UInt64) -> String {
    let percent = total > 0 ? Int(Double(done) / Double(total) * 100) : 100
    let rate = nanoseconds > 0 ? Double(received) / Double(nanoseconds) * 1e9 : 0
    return "\(ByteText.short(done)) of \(ByteText.short(total)), \(percent) %, \(ByteText.short(Int(rate)))/s"
  }
}
