internal import Synchronization

/// Taking snapshots, from a thread that may wait for the disk, while the log goes on.
extension Journal {
  /// Where the log stands now. To be asked by the owner of the journal, who must have appended all that the snapshot is
  /// to hold, and nothing else.
  public func mark() -> SnapshotMark {
    let (end, writtenBytes) = index.progress
    let (position, revision) = appended
    return SnapshotMark(position: position, revision: revision, place: end, logBytes: writtenBytes)
  }

  /// What can be done with a mark.
  public enum MarkUse {
    /// A snapshot can be begun.
    case ready
    /// The newest snapshot says all that there is to say.
    case covered
    /// The newest snapshot was taken behind the same block. Another one can be begun when more is durable.
    case tooEarly
  }

  /// What can be done with a mark, all of which has become durable.
  public func use(of mark: SnapshotMark) -> MarkUse {
    guard let newest = manifest.manifest.snapshots.last,
      newest.place.head.sequence == mark.place.head.sequence
    else { return .ready }
    return index.end.head == mark.place.head ? .covered : .tooEarly
  }

  /// Begins a snapshot of that moment. The mark is ``MarkUse/ready``.
  ///
  /// - Throws: `noSpace` or `disk`: then there is none, and the log goes on all the same.
  public func begin(_ mark: SnapshotMark) throws(JournalError) -> SnapshotDraft {
    try SnapshotDraft(mark, storeID: storeID, in: directory)
  }

  /// Makes a snapshot count: reads it back, gives it its name, lists it. The oldest one goes when there are too many.
  ///
  /// - Precondition: all that the snapshot holds is durable: otherwise a start might find more in it than was promised.
  /// - Throws: `noSpace`, `disk` or `damaged` when the file did not become one: then there is none more, and the log
  ///   goes on. A failure to list it ends the journal, as every failure of the manifest does.
  public func complete(_ draft: SnapshotDraft) throws(JournalError) -> SnapshotStatus {
    precondition(draft.mark.position <= durable, "a snapshot holds nothing that a crash could take back")
    let snapshot = try draft.finish()
    do {
      try manifest.update { manifest in
        manifest.snapshots.append(snapshot)
        manifest.snapshots.removeFirst(max(0, manifest.snapshots.count - Manifest.keptSnapshots))
      }
    } catch {
      fail(error)
      throw error
    }
    unsnapshotBytes.withLock { $0 = -draft.mark.logBytes }
    try removeUnlistedSnapshots()
    return SnapshotStatus(snapshot)
  }

  /// Removes the files of snapshots that newer ones have replaced, which only take room. Two newer ones, read back and
  /// listed, are there.
  private func removeUnlistedSnapshots() throws(JournalError) {
    let listed = manifest.manifest.snapshots
    guard listed.count == Manifest.keptSnapshots, let oldest = listed.first?.place.head.sequence else { return }
    for name in try directory.list() {
      if let sequence = FileName.snapshotSequence(name), sequence < oldest { try directory.remove(name) }
    }
  }

  /// The snapshots that count, oldest first.
  public var snapshots: [SnapshotStatus] {
    manifest.manifest.snapshots.map { SnapshotStatus($0) }
  }

  /// Bytes of log that a start would have to replay now.
  public var bytesBehindSnapshot: Int {
    let written = index.progress.writtenBytes
    return unsnapshotBytes.withLock { $0 } + written
  }

  /// The number of the segment that is being written.
  public var activeSegment: UInt64 { index.end.segment }
}

extension SnapshotStatus {
  init(_ snapshot: Manifest.Snapshot) {
    self.init(
      revision: snapshot.revision, bytes: snapshot.fileBytes, madeAt: snapshot.madeAt, file: snapshot.fileName)
  }
}
