internal import Synchronization
public import System

/// Writes a log anew into an empty directory, through the journal that a server writes with.
///
/// Confined to one thread. What it leaves when it fails is no store to be used.
public final class LogCopy {
  /// Bytes gathered before they are written.
  private static let gatheredBytes = 4 << 20

  public let storeID: StoreID
  private let journal: Journal
  private let failure = Failure()
  /// Snapshots that are written, and count once all that they hold is.
  private var drafts: [SnapshotDraft] = []

  private final class Failure: Sendable {
    let error = Mutex<JournalError?>(nil)
  }

  /// - Parameters:
  ///   - storeID: of the new log.
  ///   - baseRevision: what the log goes on behind. If it is not 0, a snapshot must be added.
  /// - Throws: `damaged` when the directory is neither empty nor missing, and what opening a journal throws.
  public init(
    directory path: String, fileSystem: some FileSystem, storeID: StoreID, baseRevision: UInt64 = 0,
    options: JournalOptions = JournalOptions()
  ) throws(JournalError) {
    self.storeID = storeID
    var options = options
    options.storeID = storeID
    options.baseRevision = baseRevision
    options.onFailure = { [failure] error in failure.error.withLock { $0 = error } }
    let (journal, report) = try Journal.open(
      path, fileSystem, options, from: .oldestBlock, restore: { (_: RestoredPiece) throws(ReplayError) in }
    ) { (_: UnsafeRawBufferPointer) throws(ReplayError) in }
    self.journal = journal
    guard report.isNew else {
      journal.close()
      throw JournalError(.damaged, path: path, "holds a store already")
    }
  }

  /// Adds records whose events go on from the last one.
  ///
  /// - Parameter records: encoded fields `records` of `gatehouse.journal.v1.Block`.
  /// - Throws: when the disk fails, of this call or an earlier one.
  public func append(_ records: UnsafeRawBufferPointer) throws(JournalError) {
    journal.append(records)
    if journal.gatheredBytes >= Self.gatheredBytes { journal.flush() }
    try check()
  }

  /// Adds a snapshot that stands for all that was added so far, and for what follows up to its revision.
  func add(_ snapshot: SnapshotFragment, of storeID: StoreID) throws(JournalError) {
    while journal.flush() {}
    try check()
    var mark = journal.mark()
    mark = SnapshotMark(
      position: mark.position, revision: snapshot.revision, place: mark.place, logBytes: mark.logBytes)
    let draft = try journal.begin(mark)
    try snapshot.read(storeID) { (body) throws(JournalError) in try draft.append(body) }
    drafts.append(draft)
  }

  /// Makes everything durable and gives the directory back.
  public func finish() throws(JournalError) {
    while journal.flush() {}
    try check()
    for draft in drafts { _ = try journal.complete(draft) }
    journal.close()
    try check()
  }

  private func check() throws(JournalError) {
    if let error = failure.error.withLock(\.self) { throw error }
  }
}
