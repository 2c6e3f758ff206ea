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
    var schedule = SnapshotSchedule(settings.keeping)
    var began = MonotonicClock.now()
    let (journal, report) = try Journal.open(
      directory: directory, fileSystem: fileSystem, options: journalOptions
    ) { (piece) throws(ReplayError) in
      try state.restore(piece)
      began = MonotonicClock.now()
    } replay: { (bytes) throws(ReplayError) in
      try state.replay(bytes)
    }
    state.endReplay()
    // The events of a long history leave behind what customers held on their way: more than they hold in the end.
    ResourceUsage.returnFreedMemory()
    schedule.measure(bytes: report.bytes, nanoseconds: MonotonicClock.now() - began)
    let store = CustomerStore(
      journal: journal, state: state, keeper: StoreKeeper(settings, schedule: schedule), settings: settings)
    do throws(SystemError) {
      try store.executor.start { [weak store] in store?.assumeIsolated { $0.pause() } }
      try store.keeper.start(store)
      try store.scrubber.start(journal)
    } catch {
      throw JournalError(.disk, path: directory, "no thread for the store: \(error)")
    }
    try journal.start { [gate = store.gate, hub = store.hub, keeper = store.keeper] position, revision in
      // Watchers are told after the answers have left: whoever wrote hears of it first.
      hub.advance(to: revision)
      gate.advance(to: position.rawValue)
      hub.notify()
      keeper.logDidGrow(journal)
    }
    do throws(SystemError) {
      try store.startClock()
    } catch {
      throw JournalError(.disk, path: directory, "no thread for the store's clock: \(error)")
    }
    return (store, report)
  }

  /// Makes everything durable that was decided, and gives the directory back. No turn may run at the same time or
  /// later.
  public nonisolated func close() {
    scrubber.stop()
    settings.clock.stop(waiting: !journal.hasFailed)
    keeper.stop(waiting: !journal.hasFailed)
    journal.close()
  }

  /// Has a snapshot taken now, beside the traffic, and tells of it when it counts. Any thread.
  public nonisolated func takeSnapshot(_ answer: @escaping @Sendable (Result<SnapshotStatus, JournalError>) -> Void) {
    keeper.takeSnapshot(answer)
  }
}

extension StoreState {
  /// Takes in a record as the journal has kept it. ``endReplay()`` has to follow.
  mutating func replay(_ bytes: UnsafeRawBufferPointer) throws(ReplayError) {
    var record = EncodedRecord()
    do throws(RecordError) {
      try record.read(bytes) { prefetch($0) }
    } catch {
      throw ReplayError("a record is not understood: \(error)")
    }
    do throws(StoreStateError) {
      try replay(&record)
    } catch {
      throw ReplayError("record \(record.revision) does not fit: \(error)")
    }
  }
}
