internal import System

/// What a snapshot is given back as, before the log behind it is replayed.
public enum RestoredPiece {
  /// A snapshot of that revision begins, and everything that was restored before is to be forgotten. At revision 0
  /// there is none: the whole log follows.
  case beginning(revision: UInt64)
  /// A part of the message that the snapshot is; the bytes are valid within the call.
  case chunk(UnsafeRawBufferPointer)
  /// The snapshot was whole to its end.
  case end
}

/// Beginning with a snapshot.
extension Recovery {
  typealias Restoring = (RestoredPiece) throws(ReplayError) -> Void

  /// Restores the newest listed snapshot that is whole. Without one the log must reach back to the first block.
  func restore(
    into survey: inout Survey, _ depth: Depth, from start: Start, _ restore: Restoring
  ) throws(JournalError) {
    let manifest = survey.manifest.manifest
    if start == .newestSnapshot {
      for snapshot in manifest.snapshots.reversed() where survey.snapshot == nil {
        do throws(JournalError) {
          try read(snapshot, manifest.storeID, restore)
          survey.snapshot = snapshot
          survey.report.snapshotRevision = snapshot.revision
          survey.report.snapshotFile = directory.path(of: snapshot.fileName)
        } catch {
          // What is not understood may be right: to fall back behind it would be a guess.
          guard error.kind == .damaged || error.kind == .disk else { throw error }
          survey.findings.append(error)
          survey.report.notes.append("a snapshot cannot be used, the one before it is: \(error)")
        }
      }
      if depth == .everything { try verifyOlder(than: survey.snapshot, into: &survey) }
    }
    guard survey.snapshot == nil, start != .oldestBlock else { return }
    guard manifest.base.sequence == 0 else { throw beginningIsLost(survey) }
    try hand(.beginning(revision: 0), to: restore)
  }

  private func read(
    _ snapshot: Manifest.Snapshot, _ storeID: StoreID, _ restore: Restoring
  ) throws(JournalError) {
    var scan = try SnapshotScan.open(snapshot, storeID: storeID, in: directory, window)
    try hand(.beginning(revision: snapshot.revision), to: restore)
    try scan.finish(snapshot) { (body) throws(JournalError) in try hand(.chunk(body), to: restore) }
    try hand(.end, to: restore)
  }

  private func hand(_ piece: RestoredPiece, to restore: Restoring) throws(JournalError) {
    do throws(ReplayError) {
      try restore(piece)
    } catch {
      throw JournalError(
        .refusedRecord, path: window.path, "the checksums are right, but the snapshot is not: \(error.detail)")
    }
  }

  /// The snapshots that a start has no need to read.
  private func verifyOlder(than used: Manifest.Snapshot?, into survey: inout Survey) throws(JournalError) {
    guard let used else { return }
    let manifest = survey.manifest.manifest
    for snapshot in manifest.snapshots where snapshot.place.head.sequence < used.place.head.sequence {
      do throws(JournalError) {
        var scan = try SnapshotScan.open(snapshot, storeID: manifest.storeID, in: directory, window)
        try scan.finish(snapshot) { _ in }
      } catch {
        survey.findings.append(error)
      }
    }
  }

  private func beginningIsLost(_ survey: Survey) -> JournalError {
    let base = survey.manifest.manifest.base
    let gone = "the log up to revision \(base.revision) was let go, and no snapshot that stands for it is whole"
    guard let finding = survey.findings.first else {
      return JournalError(.damaged, path: directory.path(of: FileName.manifest), gone)
    }
    return JournalError(.damaged, path: finding.path, offset: finding.offset, "\(finding.detail); \(gone)")
  }
}
