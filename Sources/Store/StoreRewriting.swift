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
  /// Of the last event; 0 when there is none.
  public var revision: UInt64
  /// When that happened.
  public var time: Timestamp
  /// Notes included.
  public var records: Int
  public var customers: Int
}

/// Writes a store anew from segments that lie anywhere, into a directory of its own: record by record, through the
/// journal that a server writes with, and read back from the disk before it is handed over.
struct StoreRewriting {
  let fragments: LogFragments
  let target: RewritingTarget

  /// - Parameters:
  ///   - directory: empty or missing.
  ///   - progress: told behind each block how many bytes of log were read.
  /// - Throws: what reading and writing throw; `refusedRecord` for a record that the store cannot make sense of.
  func write(
    to directory: String, _ fileSystem: some FileSystem, as storeID: StoreID, _ options: JournalOptions,
    progress: (Int) -> Void
  ) throws(JournalError) -> (store: RewrittenStore, extent: LogFragments.Extent) {
    let copy = try LogCopy(directory: directory, fileSystem: fileSystem, storeID: storeID, options: options)
    var filling = StoreFilling(target: target)
    let extent = try fragments.read(into: copy, progress: progress) { (bytes) throws(ReplayError) in
      try filling.take(bytes)
    }
    try copy.finish()
    var sum = RecordSum()
    let found = try Journal.verify(directory: directory, fileSystem: fileSystem) { sum.add($0) }
    guard sum == filling.sum, found.tornTail == nil, found.storeID == storeID,
      found.report.lastRevision == filling.state.revision
    else {
      throw JournalError(.disk, path: directory, "what was written is not what the disk gives back")
    }
    let store = RewrittenStore(
      storeID: storeID, revision: filling.state.revision, time: filling.time, records: sum.records,
      customers: filling.state.customers.count)
    return (store, extent)
  }
}

/// A store that is being filled, up to a target.
private struct StoreFilling: ~Copyable {
  let target: RewritingTarget
  var state = StoreState(idempotencyWindow: 0)
  var sum = RecordSum()
  /// Of the last event.
  var time = Timestamp(microseconds: 0)

  init(target: RewritingTarget) {
    self.target = target
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
    try state.replay(bytes)
    sum.add(bytes)
    if record.revision != 0 { time = record.at }
    return true
  }
}
