public import System

/// What a data directory holds, found by reading all of it.
public struct JournalVerification: Equatable, Sendable {
  /// What the next start would cut off: bytes behind the log that were being written when the process or the machine
  /// stopped, of which nobody was told.
  public struct TornTail: Equatable, Sendable {
    public var path: String
    /// In bytes from the start of the file.
    public var offset: Int
    public var bytes: Int
  }

  public var storeID: StoreID
  public var report: RecoveryReport
  /// Stands for the whole log: two logs of one store that end with the same value hold the same blocks.
  public var chain: UInt64
  /// nil when the log ends clean.
  public var tornTail: TornTail?
  /// What is damaged although a start would not be refused: in a snapshot that another one stands in for, or in the
  /// part of the log that a snapshot stands for, which is still the history of the customers.
  public var findings: [JournalError] = []
}

extension Journal {
  /// Reads and verifies a data directory as ``open(directory:fileSystem:options:replay:)`` does, and changes nothing:
  /// it takes no lock and writes nothing, so it may look at the directory of a running server. What it finds wrong
  /// there may be a write under way: only a second look tells.
  ///
  /// - Parameters:
  ///   - restore: as for opening.
  ///   - replay: given each record's bytes, in order, notes included. The bytes are valid within the call.
  /// - Throws: `damaged`, `unsupported` or `refusedRecord` when opening would be refused, `disk` when the system fails.
  public static func verify(
    directory path: String, fileSystem: some FileSystem = LinuxFileSystem(),
    restore: (RestoredPiece) throws(ReplayError) -> Void,
    replay: (_ record: UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> JournalVerification {
    try verify(path, fileSystem, from: .newestSnapshot, restore: restore, replay: replay)
  }

  /// Verifies a directory and replays all of it, as opening it without snapshots does.
  public static func verify(
    directory path: String, fileSystem: some FileSystem = LinuxFileSystem(),
    replay: (_ record: UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> JournalVerification {
    try verify(
      path, fileSystem, from: .firstBlock, restore: { (_: RestoredPiece) throws(ReplayError) in }, replay: replay)
  }

  private static func verify(
    _ path: String, _ fileSystem: some FileSystem, from start: Recovery.Start, restore: Recovery.Restoring,
    replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> JournalVerification {
    let directory = DataDirectory(path: path, fileSystem: fileSystem)
    let survey = try Recovery(directory, mode: .read).survey(
      try directory.list(), depth: .everything, from: start, restore: restore, replay: replay)
    var verification = JournalVerification(
      storeID: survey.manifest.manifest.storeID, report: survey.report, chain: survey.head.chain)
    if let active = survey.active, let torn = active.tail.torn {
      verification.tornTail = JournalVerification.TornTail(
        path: directory.path(of: FileName.segment(active.segment.number)), offset: torn.lowerBound, bytes: torn.count)
    }
    verification.findings = survey.findings
    return verification
  }
}
