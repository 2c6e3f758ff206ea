internal import Journal
internal import Lifecycle
internal import ProtobufWire

/// Takes one snapshot of the store, from a thread that may wait: the store is visited for a short turn at a time, each
/// of which copies a few customers; encoding and writing happen beside it.
struct SnapshotTaking {
  /// Customers copied in one turn, which takes some hundred microseconds.
  private static let customersPerTurn = 2048
  /// Answers looked at in one turn.
  private static let answersPerTurn = 4096

  let store: CustomerStore

  /// What the first turn fixed.
  private struct Beginning: Sendable {
    var mark: SnapshotMark
    var head: SnapshotHead
    var view: FrozenView
    var answersEnd: Int
  }

  /// Takes a snapshot, unless the newest one says all that there is to say.
  ///
  /// - Parameter goesOn: asked between two parts whether to go on.
  /// - Returns: the newest snapshot; nil when it was told to stop.
  func take(while goesOn: () -> Bool) throws(JournalError) -> SnapshotStatus? {
    while goesOn() {
      let beginning = begin()
      defer { StoreVisit.run(store) { $0.thaw(beginning.view) } }
      switch store.journal.use(of: beginning.mark) {
      case .covered: return store.journal.snapshots.last
      case .tooEarly: continue
      case .ready: return try write(beginning, while: goesOn)
      }
    }
    return nil
  }

  private func begin() -> Beginning {
    StoreVisit.run(store) { store in
      store.seal()
      return Beginning(
        mark: store.journal.mark(), head: store.state.snapshotHead, view: store.state.freeze(),
        answersEnd: store.state.idempotency.end)
    }
  }

  private func write(_ beginning: Beginning, while goesOn: () -> Bool) throws(JournalError) -> SnapshotStatus? {
    let draft = try store.journal.begin(beginning.mark)
    do throws(JournalError) {
      try append(to: draft) { beginning.head.encode(into: &$0) }
      guard try writeCustomers(of: beginning.view, to: draft, while: goesOn),
        try writeAnswers(to: draft, upTo: beginning.answersEnd, while: goesOn)
      else {
        draft.abandon()
        return nil
      }
      return try store.journal.complete(draft)
    } catch {
      draft.abandon()
      throw error
    }
  }

  private func writeCustomers(
    of view: FrozenView, to draft: SnapshotDraft, while goesOn: () -> Bool
  ) throws(JournalError) -> Bool {
    while goesOn() {
      let customers = StoreVisit.run(store) { $0.state.nextFrozen(Self.customersPerTurn, of: view) ?? [] }
      if customers.isEmpty { return true }
      try append(to: draft) { writer in
        for customer in customers { customer.encodeForSnapshot(into: &writer) }
      }
    }
    return false
  }

  private func writeAnswers(
    to draft: SnapshotDraft, upTo end: Int, while goesOn: () -> Bool
  ) throws(JournalError) -> Bool {
    var place = 0
    while place < end {
      guard goesOn() else { return false }
      let from = place
      let (answers, next) = StoreVisit.run(store) {
        $0.state.idempotency.answers(from: from, to: end, limit: Self.answersPerTurn)
      }
      place = next
      try append(to: draft) { writer in
        for answer in answers { answer.encodeForSnapshot(into: &writer) }
      }
    }
    return true
  }

  private func append(to draft: SnapshotDraft, _ body: (inout WireWriter) -> Void) throws(JournalError) {
    var writer = WireWriter(capacity: 512 << 10)
    body(&writer)
    try writer.withUnsafeBytes { (bytes) throws(JournalError) in try draft.append(bytes) }
  }
}

extension CustomerStore {
  /// How many customers may change while a watcher begins with a snapshot before they are looked up in the log instead:
  /// some megabytes.
  private static let keptForWatchers = 20_000

  /// Has the customers kept as they are now, for ``nextFrozen(_:of:)``; nil when that is done for too many already.
  public func freeze() -> FrozenView? { state.canFreeze ? state.freeze(limit: Self.keptForWatchers) : nil }

  /// The next customers as they were then, in the order of their slots, at most so many.
  ///
  /// - Returns: nil when they are no longer known: too many have changed.
  public func nextFrozen(_ limit: Int, of view: FrozenView) -> [CustomerRecord]? { state.nextFrozen(limit, of: view) }

  /// Keeps nothing for a view any more.
  public func thaw(_ view: FrozenView) { state.thaw(view) }
}
