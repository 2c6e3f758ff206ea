internal import System

extension Journal {
  /// How often the files are opened anew when the oldest of them has been let go meanwhile.
  private static let attempts = 4

  /// Begins a backup of everything that is durable now. Waits for the disk; any thread.
  public func beginBackup() throws(BackupError) -> Backup {
    for attempt in 1... {
      let (manifest, end) = stand()
      let composition = BackupComposition(of: manifest, endingAt: end, with: manifest.snapshots.last)
      let plan = BackupPlan(
        storeID: storeID, revision: end.head.revision, sequence: end.head.sequence, chain: end.head.chain,
        files: composition.files)
      do {
        return Backup(plan, from: .start, try open(composition, from: 0))
      } catch .stale(let what) {
        guard attempt < Self.attempts else { throw .stale(what) }
      }
    }
    preconditionFailure("the last attempt returns or throws")
  }

  /// Goes on with a backup that was begun earlier, also before a restart. Waits for the disk; any thread.
  ///
  /// - Parameters:
  ///   - plan: as it was handed out; it may be anything.
  ///   - position: the first byte that is wanted.
  /// - Throws: `stale` when what is left of the plan is not there any more.
  public func resumeBackup(_ plan: BackupPlan, from position: BackupPosition) throws(BackupError) -> Backup {
    guard plan.storeID == storeID else { throw .otherStore }
    let size = plan.files.indices.contains(position.file) ? plan.files[position.file].bytes : 0
    guard (0...plan.files.count).contains(position.file), (0...size).contains(position.offset) else {
      throw .stale("the position is none of the plan")
    }
    let (manifest, present) = stand()
    let end = try end(of: plan, manifest, present)
    let snapshot = manifest.snapshots.first { snapshot in plan.files.contains { $0.name == snapshot.fileName } }
    let composition = BackupComposition(of: manifest, endingAt: end, with: snapshot)
    let left = plan.files[position.file...]
    // What was composed is not the same any more when the oldest segments are gone.
    guard
      composition.files == plan.files
        || position.file > 1 && composition.files.count >= left.count
          && composition.files.suffix(left.count) == left
    else { throw .stale("segments or the snapshot that it lists are no longer kept") }
    let contents = try open(composition, from: composition.files.count - left.count)
    let done = [(any BackupContent)?](repeating: nil, count: position.file)
    return Backup(plan, from: position, done + contents.suffix(left.count))
  }

  /// The manifest, and a durable end that lies in one of its segments.
  private func stand() -> (Manifest, LogPlace) {
    while true {
      // In this order, so that what the manifest tells of is durable up to the end.
      let manifest = manifest.manifest
      let end = index.end
      if manifest.segments.contains(where: { $0.number == end.segment }) { return (manifest, end) }
    }
  }

  /// The contents of a backup's files, opened; nil for those before `first`.
  private func open(
    _ composition: BackupComposition, from first: Int
  ) throws(BackupError) -> [(any BackupContent)?] {
    var contents: [(any BackupContent)?] = [
      ComposedContent(all: composition.manifestBytes), ComposedContent(all: composition.watermarkBytes),
    ]
    for snapshot in composition.manifest.snapshots {
      guard contents.count >= first else {
        contents.append(nil)
        continue
      }
      let name = snapshot.fileName
      contents.append(
        SnapshotContent(try open(name), path: directory.path(of: name), snapshot, storeID: storeID))
    }
    for segment in composition.manifest.segments {
      guard contents.count >= first else {
        contents.append(nil)
        continue
      }
      let name = FileName.segment(segment.number)
      contents.append(
        SegmentContent(
          try open(name), path: directory.path(of: name), segment, before: composition.head(before: segment.number),
          storeID: storeID))
    }
    return contents
  }

  private func open(_ name: String) throws(BackupError) -> any File {
    do throws(SystemError) {
      return try directory.fileSystem.open(directory.path(of: name), .read)
    } catch {
      if error.isNotFound { throw .stale("\(name) is no longer kept") }
      throw .unreadable(JournalError(error, path: directory.path(of: name)))
    }
  }

  // MARK: Where a plan ends

  /// The end of the log of a plan, if this log has, or had, such an end.
  private func end(of plan: BackupPlan, _ manifest: Manifest, _ present: LogPlace) throws(BackupError) -> LogPlace {
    guard let last = plan.files.last, let number = FileName.segmentNumber(last.name),
      let index = manifest.segments.firstIndex(where: { $0.number == number }), number <= present.segment
    else { throw .stale("the segment that it ends in is no longer kept") }
    let segment = manifest.segments[index]
    let head: LogHead?
    if number == present.segment, last.bytes == present.offset {
      head = present.head
    } else if segment.state == .sealed, last.bytes == segment.end {
      head = segment.head
    } else {
      let limit = number == present.segment ? present.offset : segment.end
      let before = index == 0 ? manifest.base : manifest.segments[index - 1].head
      head = try self.head(in: segment, at: last.bytes, before: before, limit: limit)
    }
    guard let head, head.sequence == plan.sequence, head.revision == plan.revision, head.chain == plan.chain else {
      throw .stale("the log never ended where the plan does")
    }
    return LogPlace(segment: number, offset: last.bytes, head: head)
  }

  /// The log behind the block that ends at `offset`; nil when none does.
  private func head(
    in segment: Manifest.Segment, at offset: Int, before: LogHead, limit: Int
  ) throws(BackupError) -> LogHead? {
    guard offset <= limit else { return nil }
    do throws(JournalError) {
      let name = FileName.segment(segment.number)
      let window = FileWindow(bytes: Backup.pieceBytes)
      window.open(try directory.open(name, .read), path: directory.path(of: name), fileBytes: limit)
      var scan = BlockScan(
        window, storeID: storeID, segment: segment.number, from: Format.segmentHeaderBytes, end: limit, head: before)
      while scan.place.offset < offset {
        guard case .block = try scan.next() else {
          throw JournalError(.damaged, path: window.path, offset: scan.place.offset, "a block is damaged")
        }
      }
      return scan.place.offset == offset ? scan.place.head : nil
    } catch {
      throw .unreadable(error)
    }
  }
}
