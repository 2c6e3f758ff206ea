public import Journal
internal import Lifecycle
public import System

extension CustomerStore {
  /// Opens the store that a directory keeps, or makes a new one in an empty or missing directory.
  ///
  /// Returns when every record has been replayed; recovery is the journal's, see `Journal`.
  public static func open(
    directory: String,
    fileSystem: some FileSystem,
    journalOptions: JournalOptions,
    settings: StoreSettings
  ) throws(JournalError) -> (store: CustomerStore, report: RecoveryReport) {
    var state = StoreState(idempotencyWindow: settings.idempotencyWindow)
    let (journal, report) = try Journal.open(
      directory: directory, fileSystem: fileSystem, options: journalOptions
    ) { (bytes) throws(ReplayError) in
      try state.replay(bytes)
    }
    state.endReplay()
    let store = CustomerStore(journal: journal, state: state, settings: settings)
    do throws(SystemError) {
      try store.executor.start()
    } catch {
      throw JournalError(.disk, path: directory, "no thread for the store: \(error)")
    }
    try journal.start { [gate = store.gate, hub = store.hub] position, revision in
      // Watchers are told after the answers have left: whoever wrote hears of it first.
      hub.advance(to: revision)
      gate.advance(to: position.rawValue)
      hub.notify()
    }
    return (store, report)
  }

  /// Makes everything durable that was decided, and gives the directory back. No turn may run at the same time or
  /// later.
  public nonisolated func close() { journal.close() }
}

extension StoreState {
  /// Takes in a record as the journal has kept it; see ``replay(_:)``.
  mutating func replay(_ bytes: UnsafeRawBufferPointer) throws(ReplayError) {
    let record: JournalRecord
    do throws(RecordError) {
      record = try JournalRecord(decoding: bytes) { prefetch($0) }
    } catch {
      throw ReplayError("a record is not understood: \(error)")
    }
    let revision = record.revision
    do throws(StoreStateError) {
      try replay(record)
    } catch {
      throw ReplayError("record \(revision) does not fit: \(error)")
    }
  }
}
