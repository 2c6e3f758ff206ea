internal import RPC

/// Why a command ends without having done what it was asked: what goes to standard error, and the exit code.
struct CommandFailure: Error, Equatable, Sendable {
  let exitCode: ExitCode
  /// The first line, without the program's name.
  let message: String
  /// Further lines.
  var details: [String] = []
  /// How the server refused, if it is a refusal.
  var refusal: Status?

  init(_ exitCode: ExitCode = .failure, _ message: String, details: [String] = []) {
    self.exitCode = exitCode
    self.message = message
    self.details = details
  }

  init(_ error: UsageError, command: String?) {
    exitCode = .usage
    message = error.message
    details = [error.hint, command.map { "\"\($0) --help\" lists what it takes." }].compactMap(\.self)
  }
}
