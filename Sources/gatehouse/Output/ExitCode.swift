/// What the process ends with; part of the command line's contract.
struct ExitCode: RawRepresentable, Hashable, Sendable {
  let rawValue: Int32

  static let success = ExitCode(rawValue: 0)
  /// The server refused, could not be reached, or something else went wrong.
  static let failure = ExitCode(rawValue: 1)
  /// The command line was not understood.
  static let usage = ExitCode(rawValue: 2)
  /// Another server holds the data directory.
  static let dataDirectoryInUse = ExitCode(rawValue: 3)
  /// The journal is damaged, or is not one that this version knows.
  static let journalDamaged = ExitCode(rawValue: 4)
  /// The disk failed a write or a flush.
  static let diskFailure = ExitCode(rawValue: 5)

  // Of "log verify", whose codes are its verdict.

  /// The next start would cut an interrupted write off.
  static let logTailTorn = ExitCode(rawValue: 1)
  /// The server would refuse to start.
  static let logDamaged = ExitCode(rawValue: 2)
}
