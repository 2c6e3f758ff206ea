internal import Journal

/// What a start is given: a snapshot, if there is one, and the log behind it. Comes to every record there is.
struct Replay {
  private(set) var records: [Digest] = []
  /// Those of a snapshot: the log behind it may hold them once more. No two notes are alike.
  private var restoredNotes: Set<Digest> = []
  /// The revision of the snapshot.
  private var revision: UInt64 = 0

  mutating func restore(_ piece: RestoredPiece) throws(ReplayError) {
    switch piece {
    case .beginning(let revision):
      self = Replay()
      self.revision = revision
    case .chunk(let bytes):
      guard bytes.count % Digest.encodedBytes == 0 else { throw ReplayError("a chunk of another length") }
      for start in stride(from: 0, to: bytes.count, by: Digest.encodedBytes) {
        records.append(
          Digest(encoded: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Digest.encodedBytes])))
      }
    case .end:
      guard records.count(where: \.isEvent) == Int(revision) else {
        throw ReplayError("a snapshot of revision \(revision) that holds another number of events")
      }
      restoredNotes = Set(records.lazy.filter { !$0.isEvent })
    }
  }

  mutating func replay(_ record: UnsafeRawBufferPointer) {
    let digest = Digest(record)
    if digest.isEvent || !restoredNotes.contains(digest) { records.append(digest) }
  }
}

extension Journal {
  /// Opens a journal of records as ``Records`` makes them.
  static func open(
    _ disk: SimulatedDisk, _ options: JournalOptions
  ) throws(JournalError) -> (journal: Journal, report: RecoveryReport, records: [Digest]) {
    var replay = Replay()
    let (journal, report) = try open(directory: Workload.directory, fileSystem: disk, options: options) {
      (piece) throws(ReplayError) in
      try replay.restore(piece)
    } replay: {
      replay.replay($0)
    }
    return (journal, report, replay.records)
  }
}
