internal import Synchronization

/// The newest records, kept in memory for those who follow closely. Whoever is further back reads the journal.
///
/// Bounded by `capacity`: what is over it is dropped, oldest first, whoever may still want it.
final class RecentRecords: Sendable {
  private struct State {
    /// In the order of revisions, from `head` on; batches of notes are left out.
    var batches: [RecordBatch] = []
    var head = 0
    var footprint = 0
  }

  /// Bytes kept at the most.
  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) {
    self.capacity = capacity
  }

  func append(_ batch: RecordBatch) {
    guard batch.firstRevision != 0 else { return }
    // What is dropped is released behind the lock: freeing a large batch takes longer than the rest.
    let dropped = state.withLock { state -> [RecordBatch] in
      state.batches.append(batch)
      state.footprint += batch.footprint
      var end = state.head
      while state.footprint > capacity && end < state.batches.count - 1 {
        state.footprint -= state.batches[end].footprint
        end += 1
      }
      let dropped = Array(state.batches[state.head..<end])
      state.head = end
      if state.head > 1024 && state.head * 2 > state.batches.count {
        state.batches.removeSubrange(..<state.head)
        state.head = 0
      }
      return dropped
    }
    _ = consume dropped
  }

  /// The batch that holds the revision; nil when it is no longer, or not yet, here.
  func batch(holding revision: UInt64) -> RecordBatch? {
    state.withLock { state in
      var low = state.head
      var high = state.batches.count
      while low < high {
        let middle = (low + high) / 2
        if state.batches[middle].lastRevision < revision { low = middle + 1 } else { high = middle }
      }
      guard low < state.batches.count, state.batches[low].firstRevision <= revision else { return nil }
      return state.batches[low]
    }
  }
}
