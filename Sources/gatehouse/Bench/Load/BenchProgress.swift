/// What is being measured, and how fast it goes, for a person at a terminal: on a line of standard error that is
/// written over.
final class BenchProgress {
  /// Writes to the terminal; nil when nobody looks.
  private let write: (@Sendable (String) -> Void)?
  private var label = ""
  private var width = 0

  init(_ write: (@Sendable (String) -> Void)?) {
    self.write = write
  }

  /// From now on, this is what is going on: "create, 50 x 64, 2 of 3".
  func begin(_ label: String) {
    self.label = label
    overwrite(label)
  }

  /// - Parameter things: that ended so far, within `nanoseconds`.
  func show(_ things: UInt64, nanoseconds: UInt64) {
    guard write != nil, nanoseconds > 0 else { return }
    let rate = Double(things) * 1e9 / Double(nanoseconds)
    let seconds = nanoseconds / 1_000_000_000
    overwrite("\(label): \(seconds) s, \(FigureText.grouped(Int(rate))) a second")
  }

  /// Takes the line away.
  func end() {
    overwrite("")
  }

  private func overwrite(_ line: String) {
    guard let write, width > 0 || !line.isEmpty else { return }
    let rest = String(repeating: " ", count: max(0, width - line.count))
    width = line.count
    write("\r\(line)\(rest)" + (line.isEmpty ? "\r" : ""))
  }
}
