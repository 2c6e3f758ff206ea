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
    var answersEnd: Int
  }

  /// Takes a snapshot, unless the newest one says all that there is to say.
  ///
  /// - Parameter goesOn: asked between two parts whether to go on.
  /// - Returns: the newest snapshot; nil when it was told to stop.
  func take(while goesOn: () -> Bool) throws(JournalError) -> SnapshotStatus? {
    defer { StoreVisit.run(store) { $0.thaw() } }
    while goesOn() {
      let beginning = begin()
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
      return Beginning(mark: store.journal.mark(), head: store.state.freeze(), answersEnd: store.state.idempotency.end)
    }
  }

  private func write(_ beginning: Beginning, while goesOn: () -> Bool) throws(JournalError) -> SnapshotStatus? {
    let draft = try store.journal.begin(beginning.mark)
    do throws(JournalError) {
      try append(to: draft) { beginning.head.encode(into: &$0) }
      guard try writeCustomers(to: draft, while: goesOn),
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

  private func writeCustomers(to draft: SnapshotDraft, while goesOn: () -> Bool) throws(JournalError) -> Bool {
    while goesOn() {
      let customers = StoreVisit.run(store) { $0.state.nextFrozen(Self.customersPerTurn) }
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
  /// Keeps nothing for a snapshot any more.
  fileprivate func thaw() { state.thaw() }
}
