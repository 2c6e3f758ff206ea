internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store
internal import Synchronization

/// Reads the customers as they were at one revision, a part at a time, without holding the writers up: each part is one
/// short turn of the store. The first turn fixes the revision, and has the store keep customers that change before they
/// are read. Where that would be too much, because many change or many readers are slow, a customer that has changed
/// since is followed back through the log to the event that was its newest then. So the parts together are true of that
/// revision, however long the reading takes.
final class SnapshotReader: Sendable {
  /// Slots looked at in one turn, some hundred microseconds.
  fileprivate static let slotsPerTurn = 2048
  static let field = GatehouseV1.WatchResponse.Field.current

  fileprivate let store: CustomerStore
  fileprivate let workers: WorkerPool
  fileprivate let filter: WatchFilter
  /// Where the store keeps what changes; nil before the first part, and where it does not.
  fileprivate let view = Mutex<FrozenView?>(nil)

  init(store: CustomerStore, workers: WorkerPool, filter: WatchFilter) {
    self.store = store
    self.workers = workers
    self.filter = filter
  }

  deinit {
    guard let view = view.withLock({ $0 }) else { return }
    store.executor.submit(Thawing(view: view, store: store))
  }

  /// Reads the part at a position, or the first, and leaves it in the inbox.
  func read(from position: SnapshotPosition?, into inbox: Inbox<WatchSource.Delivery>, waker: StreamWaker) {
    store.executor.submit(SnapshotTurn(reader: self, position: position, inbox: inbox, waker: waker))
  }
}

/// One part of a snapshot on its way: a turn that copies customers, a wait until the revision is durable, then the
/// rendering on a worker.
private final class SnapshotTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let reader: SnapshotReader
  private let position: SnapshotPosition?
  private let inbox: Inbox<WatchSource.Delivery>
  private let waker: StreamWaker
  /// Written by the turn, taken behind the gate.
  private let scanned = Mutex<Scan?>(nil)

  init(
    reader: SnapshotReader,
    position: SnapshotPosition?,
    inbox: Inbox<WatchSource.Delivery>,
    waker: StreamWaker
  ) {
    self.reader = reader
    self.position = position
    self.inbox = inbox
    self.waker = waker
  }

  private struct Scan: Sendable {
    /// Customers that stand as they did at the revision.
    var unchanged: [CustomerRecord] = []
    /// The newest revisions of those that have changed since.
    var changed: [UInt64] = []
    /// Behind the part.
    var position: SnapshotPosition
  }

  func run() {
    reader.store.assumeIsolated { store in
      let scan = scan(store)
      scanned.withLock { $0 = scan }
      store.park(self)
    }
  }

  func committed() {
    if !reader.workers.submit({ [self] in finish() }) { inbox.put(.failure(.workersBusy), waking: waker) }
  }

  private func scan(_ store: isolated CustomerStore) -> Scan {
    var position = position ?? begin(store)
    let first = position.nextSlot
    position.nextSlot += min(Slot(SnapshotReader.slotsPerTurn), position.endSlot - first)
    var scan = Scan(position: position)
    if let view = reader.view.withLock({ $0 }) {
      let customers = store.nextFrozen(SnapshotReader.slotsPerTurn, of: view)
      if customers == nil || position.isAtEnd {
        store.thaw(view)
        reader.view.withLock { $0 = nil }
      }
      if let customers {
        scan.unchanged = customers.filter { reader.filter.matches($0) }
        return scan
      }
    }
    for slot in first..<position.nextSlot {
      let customer = store[slot]
      if customer.revision > position.revision {
        scan.changed.append(customer.revision)
      } else if reader.filter.matches(customer) {
        scan.unchanged.append(customer)
      }
    }
    return scan
  }

  private func begin(_ store: isolated CustomerStore) -> SnapshotPosition {
    let view = store.freeze()
    reader.view.withLock { $0 = view }
    return SnapshotPosition(revision: store.revision, endSlot: Slot(store.customerCount), nextSlot: 0)
  }

  private func finish() {
    guard let scan = scanned.withLock({ $0.take() }) else { return }
    var builder = SnapshotPartBuilder()
    for customer in scan.unchanged { builder.add(customer) }
    do throws(HistoryError) {
      for newest in scan.changed {
        if let customer = try customer(asOf: scan.position.revision, newest: newest), reader.filter.matches(customer) {
          builder.add(customer)
        }
      }
    } catch {
      inbox.put(.failure(.historyUnreadable(error)), waking: waker)
      return
    }
    inbox.put(.snapshotPart(builder.finish(at: scan.position)), waking: waker)
  }

  /// The customer as it was at a revision; nil when it did not exist then.
  private func customer(asOf revision: UInt64, newest: UInt64) throws(HistoryError) -> CustomerRecord? {
    var next = newest
    while next > revision {
      let record = try reader.store.hub.record(at: next)
      guard record.previousRevision < next else { throw .unreadable("record \(next) follows a later one") }
      next = record.previousRevision
    }
    return next == 0 ? nil : try reader.store.hub.record(at: next).customer
  }
}

/// Tells the store that a view is of no use any more.
private final class Thawing: CombiningExecutor.Work {
  private let view: FrozenView
  private let store: CustomerStore

  init(view: FrozenView, store: CustomerStore) {
    self.view = view
    self.store = store
  }

  func run() {
    store.assumeIsolated { $0.thaw(view) }
  }
}
