internal import Synchronization

/// How far a long command is, on a line that is written over: for a person at a terminal, and nobody else.
final class ProgressLine: Sendable {
  private let console: Console
  private let label: String
  private let total: Int
  /// The percentage that was shown last.
  private let shown = Mutex<Int?>(nil)

  init(_ label: String, of total: Int, _ console: Console) {
    self.console = console
    self.label = label
    self.total = total
  }

  func show(_ done: Int) {
    guard console.isTerminal, total > 0 else { return }
    let percent = min(100, Int(Double(done) / Double(total) * 100))
    let isNew = shown.withLock { shown in
      defer { shown = percent }
      return shown != percent
    }
    if isNew { console.write("\r\(label) \(percent) %") }
  }

  /// Takes the line away.
  func end() {
    guard shown.withLock({ $0.take() }) != nil else { return }
    console.write("\r\(String(repeating: " ", count: label.count + 6))\r")
  }
}
