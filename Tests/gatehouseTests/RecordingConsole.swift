internal import Synchronization

@testable import gatehouse

/// A console that keeps what is written to it.
final class RecordingConsole: Sendable {
  private let output = Mutex("")
  private let errors = Mutex<[String]>([])

  var written: String { output.withLock(\.self) }
  var complaints: [String] { errors.withLock(\.self) }

  func console(isTerminal: Bool = false, environment: [String: String] = [:]) -> Console {
    Console(
      environment: { environment[$0] },
      write: { [self] text in output.withLock { $0 += text } },
      complain: { [self] line in errors.withLock { $0.append(line) } },
      isTerminal: isTerminal,
      palette: Palette(isOn: false))
  }
}
