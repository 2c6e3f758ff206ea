public import Journal
public import Lifecycle
internal import System

/// How far a store is to be written anew.
public enum RewritingTarget: Equatable, Sendable {
  case everything
  /// The event of this revision is the last one.
  case revision(UInt64)
  /// The last event that is not later.
  case time(Timestamp)
}

/// A store that was written anew.
public struct RewrittenStore: Equatable, Sendable {
  public var storeID: StoreID
  /// The first that can be read; what comes before is known by its outcome only.
  public var oldestRevision: UInt64
  /// Of the last event; 0 when there is none.
  public var revision: UInt64
  /// When that happened.
  public var time: Timestamp
  /// Notes included.
  public var records: Int
  public var customers: Int
}

/// Writes a store anew from segments and snapshots that lie anywhere, into a directory of its own: record by record,
/// through the journal that a server writes with, and read back from the disk before it is handed over.
struct StoreRewriting {
  let fragments: LogFragments
  let start: LogStart
  let target: RewritingTarget

  /// - Parameters:
  ///   - directory: empty or missing.
  ///   - progress: told behind each block how many bytes of log were read.
  /// - Throws: what reading and writing throw; `refusedRecord` for a record that the store cannot make sense of.
  func write(
    to directory: String, _ fileSystem: some FileSystem, as storeID: StoreID, _ options: JournalOptions,
    progress: (Int) -> Void
  ) throws(JournalError) -> (store: RewrittenStore, extent: LogFragments.Extent) {
    let copy = try LogCopy(
      directory: directory, fileSystem: fileSystem, storeID: storeID, baseRevision: start.baseRevision,
      options: options)
    var filling = StoreFilling(target: target)
    let extent = try fragments.read(from: start, into: copy, progress: progress) { (piece) throws(ReplayError) in
      try filling.restore(piece)
    } record: { (bytes) throws(ReplayError) in
      try filling.take(bytes)
    }
    try copy.finish()
    try verify(directory, fileSystem, storeID, filling.sum, revision: filling.state.revision)
    let store = RewrittenStore(
      storeID: storeID, oldestRevision: start.baseRevision + 1, revision: filling.state.revision, time: filling.time,
      records: filling.sum.records, customers: filling.state.customers.count)
    return (store, extent)
  }

  /// Reads back what was written, as a start does, and every record of it.
  private func verify(
    _ directory: String, _ fileSystem: some FileSystem, _ storeID: StoreID, _ written: RecordSum, revision: UInt64
  ) throws(JournalError) {
    let found = try CustomerStore.verify(directory: directory, fileSystem: fileSystem)
    var sum = RecordSum()
    try Journal.walk(
      directory: directory, fileSystem: fileSystem, pause: {}, block: { _ in .read }
    ) { (bytes) throws(ReplayError) in sum.add(bytes) }
    guard sum == written, found.tornTail == nil, found.findings.isEmpty, found.storeID == storeID,
      found.report.lastRevision == revision
    else {
      throw JournalError(.disk, path: directory, "what was written is not what the disk gives back")
    }
  }
}

/// A store that is being filled, up to a target.
struct StoreFilling: ~Copyable {
  let target: RewritingTarget
  private(set) var state = StoreState(idempotencyWindow: 0)
  private(set) var sum = RecordSum()
  /// Of the last event; of the last record at the most where a snapshot stands for it.
  private(set) var time = Timestamp(microseconds: 0)

  init(target: RewritingTarget) {
    self.target = target
  }

  mutating func restore(_ piece: RestoredPiece) throws(ReplayError) {
    try state.restore(piece)
    time = state.lastTime
  }

  /// - Returns: whether the record is not behind the target.
  mutating func take(_ bytes: UnsafeRawBufferPointer) throws(ReplayError) -> Bool {
    let record: JournalRecord
    do throws(RecordError) {
      record = try JournalRecord(decoding: bytes)
    } catch {
      throw ReplayError("a record is not understood: \(error)")
    }
    switch target {
    case .everything: break
    case .revision(let last): if record.revision > last { return false }
    case .time(let last): if record.at > last { return false }
    }
    sum.add(bytes)
    guard record.revision == 0 || record.revision > state.revision else { return true }
    try state.replay(bytes)
    if record.revision != 0 { time = record.at }
    return true
  }
}
