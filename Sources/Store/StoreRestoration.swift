public import Journal
public import System

/// Why a store was not restored.
public enum RestorationError: Error, Equatable {
  /// What the backup, the archive or the disk stands in the way with.
  case journal(JournalError)
  /// Backup and archive do not hold what was asked for.
  case outOfReach(String)
}

/// Makes a store of what a backup holds, and an archive of sealed segments, up to a moment.
public struct StoreRestoration: Sendable {
  private let fragments: LogFragments
  /// An interrupted write at the end of the backup, which a start would cut off.
  private let torn: JournalVerification.TornTail?

  /// The store that the backup is of.
  public var storeID: StoreID { fragments.storeID }
  /// Bytes of log that may have to be read.
  public var fileBytes: Int { fragments.fileBytes }

  /// Looks at a backup, which must be sound, and at an archive if there is one. Nothing is changed.
  ///
  /// - Parameters:
  ///   - backup: a data directory.
  ///   - archive: a directory of segments of the same store. They may overlap with those of the backup.
  /// - Throws: what is wrong with either, or keeps it from being read.
  public init(
    backup: String, _ backupFileSystem: some FileSystem, archive: String?, _ archiveFileSystem: some FileSystem
  ) throws(JournalError) {
    let found = try CustomerStore.verify(directory: backup, fileSystem: backupFileSystem)
    var fragments = LogFragments(of: found.storeID)
    try fragments.collect(from: backup, fileSystem: backupFileSystem)
    if let archive { try fragments.collect(from: archive, fileSystem: archiveFileSystem) }
    if let problem = found.findings.first ?? fragments.oddities.first { throw problem }
    self.fragments = fragments
    torn = found.tornTail
  }

  /// Writes the store into a directory, which must be empty or missing. When this throws, what is there is no store.
  ///
  /// - Parameters:
  ///   - storeID: of the new store.
  ///   - progress: told behind each block how many bytes of log were read.
  public func write(
    upTo target: RewritingTarget, as storeID: StoreID, to directory: String, _ fileSystem: some FileSystem,
    options: JournalOptions = JournalOptions(), progress: (Int) -> Void = { _ in }
  ) throws(RestorationError) -> RewrittenStore {
    let start: LogStart?
    do throws(JournalError) {
      start = try self.start(for: target)
    } catch {
      throw .journal(error)
    }
    guard let start else {
      let oldest = oldestRevision.map { "revision \($0) is the oldest that can be restored" } ?? "nothing is there"
      throw .outOfReach("the log does not reach back that far: \(oldest)")
    }
    let store: RewrittenStore
    let extent: LogFragments.Extent
    do throws(JournalError) {
      (store, extent) = try StoreRewriting(fragments: fragments, start: start, target: target)
        .write(to: directory, fileSystem, as: storeID, options, progress: progress)
      if !extent.isAsWanted { try fragments.requireNothing(behind: extent, but: torn) }
    } catch {
      throw .journal(error)
    }
    if case .revision(let wanted) = target, store.revision < wanted {
      throw .outOfReach("revision \(wanted) is not there: the last one is \(store.revision)")
    }
    if case .time = target, store.revision == 0, extent.isAsWanted {
      throw .outOfReach("nothing had happened by then")
    }
    return store
  }

  /// The earliest way to begin that leads as far as is wanted: the more of the history is kept.
  private func start(for target: RewritingTarget) throws(JournalError) -> LogStart? {
    let starts = try fragments.starts()
    let last = starts.map(\.lastRevision).max() ?? 0
    let wanted =
      if case .revision(let revision) = target { min(revision, last) } else { last }
    for start in starts where start.lastRevision >= wanted {
      if start.isFirst { return start }
      let start = try start.keeping { (snapshot) throws(JournalError) in try isWithin(snapshot, target) }
      if !start.snapshots.isEmpty { return start }
    }
    return nil
  }

  /// Whether nothing in a snapshot is later than the target.
  private func isWithin(_ snapshot: SnapshotFragment, _ target: RewritingTarget) throws(JournalError) -> Bool {
    switch target {
    case .everything: return true
    case .revision(let last): return snapshot.revision <= last
    case .time(let last):
      var filling = StoreFilling(target: target)
      try fragments.give(snapshot) { (piece) throws(ReplayError) in try filling.restore(piece) }
      return filling.time <= last
    }
  }

  private var oldestRevision: UInt64? {
    (try? fragments.starts())?.flatMap { $0.snapshots.map(\.revision) }.min()
  }
}
