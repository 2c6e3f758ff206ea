internal import System

/// Where a command reads and writes, and what it knows of the world around it.
struct Console: Sendable {
  /// The value of an environment variable; nil when it is not set.
  let environment: @Sendable (String) -> String?
  /// Writes a line to standard output. Ends the process when nobody reads any more.
  let print: @Sendable (String) -> Void
  /// Writes a line to standard error.
  let complain: @Sendable (String) -> Void
  /// Colours and weights for standard output: plain unless it is a terminal.
  let palette: Palette

  /// The process's own.
  static func standard() -> Console {
    Console(
      environment: { CurrentProcess.environment($0) },
      print: { StandardStream.output.write($0 + "\n") },
      complain: { StandardStream.error.write($0 + "\n") },
      palette: Palette(
        isOn: StandardStream.output.isTerminal && (CurrentProcess.environment("NO_COLOR") ?? "").isEmpty
          && CurrentProcess.environment("TERM") != "dumb"))
  }
}
