internal import System

/// Where a command reads and writes, and what it knows of the world around it.
struct Console: Sendable {
  /// The value of an environment variable; nil when it is not set.
  let environment: @Sendable (String) -> String?
  /// Writes to standard output.
  let write: @Sendable (String) -> Void
  /// Writes a line to standard error.
  let complain: @Sendable (String) -> Void
  /// Whether a person looks at standard output.
  let isTerminal: Bool
  /// Colours and weights for standard output: plain unless it is a terminal.
  let palette: Palette
  /// Asks the person at the terminal; nil when there is none.
  var ask: @Sendable (_ question: String) -> String? = { _ in nil }
  /// Writes to the terminal on standard error, while something goes on; nil when nobody looks.
  var note: (@Sendable (String) -> Void)?

  /// The process's own.
  static func standard() -> Console {
    Console(
      environment: { CurrentProcess.environment($0) },
      write: { text in
        // A disk that is full must not look like an answer that is short.
        guard !StandardStream.output.write(text) else { return }
        StandardStream.error.write("gatehouse: cannot write to standard output\n")
        CurrentProcess.exitAtOnce(ExitCode.failure.rawValue)
      },
      complain: { StandardStream.error.write($0 + "\n") },
      isTerminal: StandardStream.output.isTerminal,
      palette: Palette(
        isOn: StandardStream.output.isTerminal && (CurrentProcess.environment("NO_COLOR") ?? "").isEmpty
          && CurrentProcess.environment("TERM") != "dumb"),
      ask: { question in
        guard StandardStream.input.isTerminal, StandardStream.error.isTerminal else { return nil }
        StandardStream.error.write(question + " ")
        return readLine() ?? ""
      },
      note: terminalNote)
  }

  private static var terminalNote: (@Sendable (String) -> Void)? {
    guard StandardStream.error.isTerminal else { return nil }
    return { StandardStream.error.write($0) }
  }

  /// Writes a line to standard output.
  func print(_ line: String) {
    write(line + "\n")
  }
}
