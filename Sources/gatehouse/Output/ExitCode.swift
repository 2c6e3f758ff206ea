/// What the process ends with; part of the command line's contract.
enum ExitCode: Int32, Sendable {
  case success = 0
  /// The server refused, could not be reached, or something else went wrong.
  case failure = 1
  /// The command line was not understood.
  case usage = 2
  /// Another server holds the data directory.
  case dataDirectoryInUse = 3
  /// The journal is damaged, or is not one that this version knows.
  case journalDamaged = 4
  /// The disk failed a write or a flush.
  case diskFailure = 5
}
