public import ProtobufWire
internal import Synchronization
internal import System

/// A log of records on disk. It knows bytes and revisions, nothing of what they mean.
///
/// A record is an encoded `gatehouse.journal.v1.Record`. Those with a revision are events: revisions are dense, the
/// first is 1. Those without are notes. Records are appended in turns, gathered, and made durable together by a thread
/// that does nothing else: while one flush runs, the next block gathers.
///
/// Nothing is told durable before it is, and what was told durable is there after any crash, or the journal refuses to
/// open.
public final class Journal: Sendable {
  /// Names this history.
  public let storeID: StoreID

  let directory: DataDirectory
  let index: LogIndex
  let manifest: ManifestFile
  let flushes: FlushRecorder
  /// What opening found, and how long it took, in microseconds.
  let recovery = Mutex((report: RecoveryReport(), microseconds: UInt64(0)))
  private let gathering: Monitor<Gathering>
  /// Used only by whoever has been given a duty by ``Gathering``, one at a time.
  private nonisolated(unsafe) let writer: LogWriter
  private let spares: SpareShelf
  private let onFailure: @Sendable (JournalError) -> Void
  private let life: Mutex<Life>
  /// Bytes of log behind the newest snapshot when the journal was opened; less what newer snapshots stand for.
  let unsnapshotBytes: Mutex<Int>
  private let watchdog: FlushWatchdog
  /// Since when more waits than ought to, in microseconds since the Unix epoch; 0 when it does not.
  private let overloadedSince = Atomic<Int64>(0)
  /// How long the last write took, in nanoseconds.
  private let lastWriteTime = Atomic<UInt64>(.max)
  private let durablePosition = Atomic<UInt64>(0)
  private let lastDurableRevision: Atomic<UInt64>

  /// What lives from open to close.
  private struct Life: ~Copyable {
    /// Holds the lock on the directory.
    var lock: (any File)?
    var onDurable: (@Sendable (Position, UInt64) -> Void)?
    var flusher: Thread?
    var preparer: Thread?
    var watcher: Thread?
  }

  init(
    _ directory: DataDirectory, lock: any File, writer: LogWriter, spares: SpareShelf, storeID: StoreID,
    options: JournalOptions, replayedBytes: Int
  ) {
    self.directory = directory
    self.writer = writer
    self.spares = spares
    self.storeID = storeID
    index = writer.index
    manifest = writer.manifest
    flushes = writer.flushes
    watchdog = writer.watchdog
    onFailure = options.onFailure
    gathering = Monitor(Gathering(lastRevision: writer.head.revision))
    lastDurableRevision = Atomic(writer.head.revision)
    unsnapshotBytes = Mutex(replayedBytes)
    life = Mutex(Life(lock: lock))
  }

  // MARK: Start and end

  /// Starts the threads that flush and that make segments ahead. To be called once, before the first append.
  ///
  /// - Parameter onDurable: called behind each flush and before the next begins, from the thread that flushed: all that
  ///   was appended up to the position is durable, and so are all events up to the revision.
  /// - Throws: when the system has no threads to give.
  public func start(onDurable: @escaping @Sendable (Position, _ revision: UInt64) -> Void) throws(JournalError) {
    observe(onDurable)
    spares.willBeAttended()
    try withPath(directory.path) { () throws(SystemError) in
      try life.withLock { (life) throws(SystemError) in
        life.watcher = try Thread(name: "journal-watch") { [watchdog] in watchdog.attend() }
        life.preparer = try Thread(name: "journal-segment") { self.attendSpares() }
        life.flusher = try Thread(name: "journal-flush") { self.flushUntilStopped() }
      }
    }
  }

  /// Makes all that was appended durable, ends the threads, gives the directory free. Nobody may use the journal any
  /// more.
  public func close() {
    gathering.withLock { $0.stop() }
    gathering.broadcast()
    let flusher = life.withLock { $0.flusher.take() }
    flusher?.join()
    while flush() {}
    spares.stop()
    let preparer = life.withLock { $0.preparer.take() }
    preparer?.join()
    if !gathering.withLock({ $0.hasFailed }) { synchronizeWatermark() }
    watchdog.stop()
    let watcher = life.withLock { $0.watcher.take() }
    watcher?.join()
    life.withLock { $0.lock = nil }
  }

  // MARK: Appending: one owner at a time

  /// Adds what one turn decided: events numbered on from the last one, and notes.
  ///
  /// The bytes are copied; they become durable with the next flush. This never waits for the disk.
  ///
  /// - Parameters:
  ///   - records: encoded fields `records` of `gatehouse.journal.v1.Block`, none longer than
  ///     ``JournalOptions/maximumRecordBytes``, each beginning with its revision if it has one.
  ///   - wakes: whether to wake the flush thread if it sleeps. Who appends more right away leaves it to ``commit()``.
  /// - Returns: the position that is durable when this turn is.
  @discardableResult
  public func append(_ records: UnsafeRawBufferPointer, wakes: Bool = true) -> Position {
    guard records.count > 0 else { return gathering.withLock { $0.lastPosition } }
    // Only the owner moves the revision, and that is who calls.
    let last = gathering.withLock { $0.lastRevision }
    guard let run = RecordCursor.run(of: records, after: last), run.bytes == records.count else {
      preconditionFailure("a turn is made of records whose revisions go on from the last one")
    }
    let (before, after) = watchdog.waitingBytes.add(records.count, ordering: .relaxed)
    if before <= JournalOptions.gatheringBound, after > JournalOptions.gatheringBound {
      overloadedSince.store(WallClock.now(), ordering: .relaxed)
    }
    let (position, wakesThread) = gathering.withLock { gathering in
      let position = gathering.append(records, run)
      return (position, wakes && gathering.isToBeWoken)
    }
    if wakesThread { gathering.signal() }
    return position
  }

  /// Adds what one turn has written; see ``append(_:wakes:)-(UnsafeRawBufferPointer,_)``.
  @discardableResult
  public func append(_ turn: borrowing WireWriter, wakes: Bool = true) -> Position {
    turn.withUnsafeBytes { append($0, wakes: wakes) }
  }

  /// Wakes the flush thread if it sleeps and anything was gathered.
  public func commit() {
    if gathering.withLock({ $0.isToBeWoken }) { gathering.signal() }
  }

  /// Writes what was gathered on the calling thread, which saves waking another one: for a caller that has nothing else
  /// to do meanwhile. `onDurable` is called before this returns.
  ///
  /// - Returns: false when nothing was gathered, or when the flush thread does it: because a flush is running already,
  ///   or there is no room for the next segment.
  @discardableResult
  public func flush() -> Bool {
    guard !spares.lacksSpace else {
      // The flush thread may wait for room; the caller must not.
      commit()
      return false
    }
    guard let block = gathering.withLock({ $0.takeBlock() }) else { return false }
    write(block)
    return true
  }

  /// A disk that needs no longer than this for a write, in nanoseconds, is quick: some ten times what a solid-state
  /// disk needs, and as long as anybody else of an event loop may be kept waiting.
  private static let quickWriteTime: UInt64 = 1_000_000

  /// Whether ``flush()`` will probably return soon, so that a thread that others wait for may call it: the last write
  /// was quick, and there is room.
  public var isQuick: Bool { lastWriteTime.load(ordering: .relaxed) <= Self.quickWriteTime && !spares.lacksSpace }

  /// The position and the revision up to which records were appended.
  var appended: (Position, revision: UInt64) { gathering.withLock { ($0.lastPosition, $0.lastRevision) } }

  /// Bytes that were appended and are not durable yet. Callers refuse more beyond ``JournalOptions/gatheringBound``.
  public var gatheredBytes: Int { watchdog.waitingBytes.load(ordering: .relaxed) }

  /// Whether the disk failed, so that nothing becomes durable any more.
  public var hasFailed: Bool { gathering.withLock { $0.hasFailed } }

  /// Whether the disk has no room for the next segment. What was appended waits until there is.
  public var lacksSpace: Bool { spares.lacksSpace }

  // MARK: State: any thread

  /// All appends up to here are durable.
  public var durable: Position { Position(rawValue: durablePosition.load(ordering: .acquiring)) }

  /// All events up to here are durable.
  public var durableRevision: UInt64 { lastDurableRevision.load(ordering: .acquiring) }

  /// The first revision that can be read.
  public var oldestRevision: UInt64 { index.oldestRevision }

  /// Why callers should append no more at present, and since when.
  var refusal: WriteRefusal? {
    if let since = spares.lacksSpaceSince { return WriteRefusal(reason: .diskFull, since: since) }
    let since = overloadedSince.load(ordering: .relaxed)
    return since == 0 ? nil : WriteRefusal(reason: .overloaded, since: since)
  }

  // MARK: The flush

  /// Sets what ``start(onDurable:)`` sets, without threads: for a disk that is simulated.
  package func observe(_ onDurable: @escaping @Sendable (Position, UInt64) -> Void) {
    life.withLock { $0.onDurable = onDurable }
  }

  /// What the thread that watches the flushes does, once.
  package func checkFlush() { watchdog.check() }

  /// What the thread that makes segments does, once.
  package func prepareSpare() throws(JournalError) {
    try spares.prepare()
  }

  /// Puts the watermark on the disk, as the flush thread does a second after a flush.
  package func synchronizeWatermark() {
    do {
      try writer.synchronizeWatermark()
      gathering.withLock { $0.didSynchronizeWatermark() }
    } catch {
      fail(error)
    }
  }

  private func flushUntilStopped() {
    while true {
      let armed = gathering.withLock { $0.alarm }
      let duty: Gathering.Duty? =
        if let armed {
          gathering.wait(deadline: armed) { $0.nextDuty(now: MonotonicClock.now(), armed: armed) }
        } else {
          gathering.wait { $0.nextDuty(now: MonotonicClock.now(), armed: nil) }
        }
      switch duty {
      case .write(let block): write(block)
      case .synchronizeWatermark: synchronizeWatermark()
      case .rearm, nil: continue
      case .stop: return
      }
    }
  }

  private func attendSpares() {
    do {
      try spares.attend()
    } catch {
      fail(error)
    }
  }

  /// Writes a block that was taken, and tells of it. Called by one at a time.
  private func write(_ block: BlockBuffer) {
    let onDurable = life.withLock { $0.onDurable }
    let began = writer.now()
    do {
      var appends = block.appends[...]
      var written = 0
      try writer.write(block) { end in
        var position = durable
        while let append = appends.first, append.end <= end {
          position = append.position
          appends.removeFirst()
        }
        let revision = writer.head.revision
        durablePosition.store(position.rawValue, ordering: .releasing)
        lastDurableRevision.store(revision, ordering: .releasing)
        let (_, left) = watchdog.waitingBytes.subtract(end - written, ordering: .relaxed)
        if left <= JournalOptions.gatheringBound { overloadedSince.store(0, ordering: .relaxed) }
        written = end
        onDurable?(position, revision)
      }
    } catch {
      return fail(error)
    }
    lastWriteTime.store(writer.now() &- began, ordering: .relaxed)
    let wakesThread = gathering.withLock { gathering in
      gathering.didWrite(block, now: MonotonicClock.now()) || gathering.isToBeWoken
    }
    if wakesThread { gathering.signal() }
  }

  /// The disk failed: what it holds is unknown, so nothing is written to it any more.
  func fail(_ error: JournalError) {
    let isFirst = gathering.withLock { $0.fail() }
    gathering.broadcast()
    if isFirst { onFailure(error) }
  }
}
