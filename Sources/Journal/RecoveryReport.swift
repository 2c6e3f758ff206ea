/// What opening a journal found and did.
public struct RecoveryReport: Equatable, Sendable {
  /// Whether the directory was new, and a store was made in it.
  public internal(set) var isNew = false
  /// The revision of the snapshot that the start began with; 0 when it replayed the whole log.
  public internal(set) var snapshotRevision: UInt64 = 0
  /// Its file.
  public internal(set) var snapshotFile: String?
  /// Records replayed, notes included.
  public internal(set) var records = 0
  /// The last revision; 0 when there is none.
  public internal(set) var lastRevision: UInt64 = 0
  public internal(set) var blocks = 0
  public internal(set) var segments = 0
  /// Bytes of log that were replayed.
  public internal(set) var bytes = 0
  /// Bytes of a torn tail, none of them acknowledged, that were cut off; 0 when the log ended clean.
  public internal(set) var cutBytes = 0
  /// The file that keeps a copy of what was cut.
  public internal(set) var quarantineFile: String?
  /// What is worth a line in the server's log, in the order found.
  public internal(set) var notes: [String] = []
}
