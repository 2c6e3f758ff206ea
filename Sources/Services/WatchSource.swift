internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store

/// A Watch: first the snapshot if one was asked for, then events from the recent records or, further back, from the
/// log. Confined to its loop's thread, but for what workers and the store bring, which comes through `Inbox`.
///
/// It holds a position and at most one batch read from the log; nothing is queued for it.
final class WatchSource: ReplySource {
  /// Bytes of events in one message, about: large enough to fill a segment many times over, small enough not to hold
  /// another stream of the connection up.
  static let messageBytes = 64 << 10
  /// Batches looked at for one message, so that a filter that matches little does not hold the loop up.
  private static let batchesPerMessage = 64

  /// What others bring for the source.
  enum Delivery: Sendable {
    case batch(RecordBatch)
    case snapshotPart(SnapshotPart)
    case failure(Status)
  }

  private enum Phase {
    /// Customers of the snapshot go out.
    case snapshot(SnapshotProgress)
    case events
  }

  private struct SnapshotProgress {
    /// Where the reading is; nil before the first part, which says what the snapshot is true of.
    var position: SnapshotPosition?
    /// What was read and has not been sent yet.
    var part: SnapshotPart?
    var nextPiece = 0
    var sent: UInt64 = 0
  }

  private let hub: WatchHub
  private let snapshots: SnapshotReader
  private let workers: WorkerPool
  private let waker: StreamWaker
  private let listener: LoopListener
  private let inbox = Inbox<Delivery>()
  private let request: WatchOptions
  private var phase: Phase
  private var cursor: WatchCursor
  /// A batch from the log that holds the cursor, while the recent records do not.
  private var loaded: RecordBatch?
  private var isWaiting = false
  private var isFirst = true
  private var owesProgress: Bool
  private var skipped: UInt64 = 0
  private var lastMessageAt: UInt64 = 0

  init(_ request: WatchOptions, dispatcher: ServiceDispatcher, listener: LoopListener, waker: StreamWaker) {
    self.request = request
    hub = dispatcher.store.hub
    snapshots = SnapshotReader(store: dispatcher.store, workers: dispatcher.workers, filter: request.filter)
    workers = dispatcher.workers
    self.waker = waker
    self.listener = listener
    switch request.start {
    case .after(let revision):
      phase = .events
      cursor = WatchCursor(after: revision, filter: request.filter)
      owesProgress = false
    case .now:
      phase = .events
      cursor = WatchCursor(after: hub.durableRevision, filter: request.filter)
      owesProgress = true
    case .snapshot:
      phase = .snapshot(SnapshotProgress())
      // Set when the first part tells what the snapshot is true of.
      cursor = WatchCursor(after: 0, filter: request.filter)
      owesProgress = false
    }
    hub.add(listener)
  }

  deinit { hub.remove(listener) }

  func cancelled() { inbox.close() }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if lastMessageAt == 0 { lastMessageAt = now }
    let progress = produce(into: &payload, now: now)
    if case .message = progress { lastMessageAt = now }
    return progress
  }

  private func produce(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if let delivery = inbox.take() {
      isWaiting = false
      switch delivery {
      case .failure(let status): return .end(status)
      case .batch(let batch): loaded = batch
      case .snapshotPart(let part): receive(part)
      }
    }
    if isWaiting { return .idle(until: .max) }
    switch phase {
    case .snapshot(let progress): return produceSnapshot(progress, into: &payload)
    case .events: return produceEvents(into: &payload, now: now)
    }
  }

  // MARK: - Snapshot

  private func receive(_ part: SnapshotPart) {
    guard case .snapshot(var progress) = phase else { return }
    if progress.position == nil { cursor = WatchCursor(after: part.position.revision, filter: request.filter) }
    progress.position = part.position
    progress.part = part
    progress.nextPiece = 0
    phase = .snapshot(progress)
  }

  private func produceSnapshot(_ before: SnapshotProgress, into payload: inout WireWriter) -> ReplyProgress {
    var progress = before
    if let part = progress.part, progress.nextPiece < part.pieces.count {
      let piece = part.pieces[progress.nextPiece]
      writeStoreIDOnce(into: &payload)
      part.withBytes(of: piece) { payload.append($0) }
      writeLag(behind: part.position.revision, into: &payload)
      progress.nextPiece += 1
      progress.sent += piece.customers
      phase = .snapshot(progress)
      return .message
    }
    if let position = progress.position, position.isAtEnd {
      phase = .events
      return writeSnapshotComplete(position.revision, customers: progress.sent, into: &payload)
    }
    isWaiting = true
    snapshots.read(from: progress.position, into: inbox, waker: waker)
    return .idle(until: .max)
  }

  private func writeSnapshotComplete(
    _ revision: UInt64,
    customers: UInt64,
    into payload: inout WireWriter
  ) -> ReplyProgress {
    isFirst = false
    payload.field(GatehouseV1.WatchResponse.Field.storeId, bytes: hub.storeID)
    payload.message(GatehouseV1.WatchResponse.Field.snapshotComplete) { writer in
      typealias Field = GatehouseV1.SnapshotComplete.Field
      if revision != 0 { writer.field(Field.revision, varint: revision) }
      if customers != 0 { writer.field(Field.customers, varint: customers) }
    }
    writeLag(behind: revision, into: &payload)
    return .message
  }

  // MARK: - Events

  private func produceEvents(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    let durable = hub.durableRevision
    if owesProgress { return writeProgress(upTo: cursor.next - 1, into: &payload) }
    var left = Self.batchesPerMessage
    var written = 0
    while cursor.next <= durable && left > 0 && written < Self.messageBytes {
      guard let batch = batch(holding: cursor.next) else {
        // What was selected goes out first.
        if written > 0 { break }
        load(from: cursor.next)
        return .idle(until: .max)
      }
      do throws(RecordError) {
        if request.latestOnly && cursor.isLookAheadDue { try lookAhead(upTo: durable) }
        written += try write(from: batch, upTo: durable, after: written, into: &payload)
      } catch {
        return .end(Status(.internal, .internal, "a record of the log is not understood: \(error)"))
      }
      left -= 1
    }
    if written > 0 {
      if skipped > 0 { payload.field(GatehouseV1.WatchResponse.Field.skipped, varint: skipped) }
      skipped = 0
      writeLag(behind: cursor.next - 1, into: &payload)
      return .message
    }
    let progressDue = lastMessageAt &+ request.progressInterval
    if now >= progressDue { return writeProgress(upTo: cursor.next - 1, into: &payload) }
    // Much was looked at and nothing matched: come again at once, after the others.
    return .idle(until: cursor.next <= durable ? 0 : progressDue)
  }

  /// Writes the batch's events that match, as far as there is room.
  ///
  /// - Returns: the bytes written.
  private func write(
    from batch: RecordBatch,
    upTo durable: UInt64,
    after written: Int,
    into payload: inout WireWriter
  ) throws(RecordError) -> Int {
    let events = try batch.events(showingPrivate: request.showsPrivate)
    let selection = cursor.advance(through: events, upTo: durable, limit: Self.messageBytes - written)
    skipped += selection.skipped
    if selection.events == 0 { return 0 }
    if written == 0 { writeStoreIDOnce(into: &payload) }
    for range in selection.ranges { events.withBytes(range) { payload.append($0) } }
    return selection.bytes
  }

  private func batch(holding revision: UInt64) -> RecordBatch? {
    if let recent = hub.recentBatch(holding: revision) {
      loaded = nil
      return recent
    }
    guard let loaded, revision >= loaded.firstRevision, revision <= loaded.lastRevision else { return nil }
    return loaded
  }

  private func load(from revision: UInt64) {
    isWaiting = true
    let isTaken = workers.submit { [hub, inbox, waker] in
      do throws(HistoryError) {
        inbox.put(.batch(try hub.readBatch(from: revision)), waking: waker)
      } catch {
        inbox.put(.failure(.historyUnreadable(error)), waking: waker)
      }
    }
    if !isTaken { inbox.put(.failure(.workersBusy), waking: waker) }
  }

  /// Decides for the backlog at hand which events have newer ones of the same customer behind them.
  private func lookAhead(upTo durable: UInt64) throws(RecordError) {
    var batches: [RenderedEvents] = []
    var count = 0
    var revision = cursor.next
    while revision <= durable && count < WatchCursor.lookAheadLimit, let batch = batch(holding: revision) {
      let events = try batch.events(showingPrivate: request.showsPrivate)
      batches.append(events)
      count += events.events.count
      revision = batch.lastRevision + 1
    }
    cursor.lookAhead(batches, upTo: durable)
  }

  // MARK: - What messages share

  private func writeProgress(upTo revision: UInt64, into payload: inout WireWriter) -> ReplyProgress {
    owesProgress = false
    isFirst = false
    payload.field(GatehouseV1.WatchResponse.Field.storeId, bytes: hub.storeID)
    payload.message(GatehouseV1.WatchResponse.Field.progress) { writer in
      if revision != 0 { writer.field(GatehouseV1.Progress.Field.revision, varint: revision) }
    }
    if skipped > 0 { payload.field(GatehouseV1.WatchResponse.Field.skipped, varint: skipped) }
    skipped = 0
    writeLag(behind: revision, into: &payload)
    return .message
  }

  private func writeStoreIDOnce(into payload: inout WireWriter) {
    guard isFirst else { return }
    isFirst = false
    payload.field(GatehouseV1.WatchResponse.Field.storeId, bytes: hub.storeID)
  }

  private func writeLag(behind revision: UInt64, into payload: inout WireWriter) {
    let durable = hub.durableRevision
    guard durable > revision else { return }
    payload.field(GatehouseV1.WatchResponse.Field.behindBy, varint: durable - revision)
  }
}
