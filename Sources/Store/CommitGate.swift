internal import Synchronization

/// Holds answers back until what they tell is durable, so that nobody is told what a crash could take back.
///
/// Bounded by the calls that are open: each connection has at most so many, and every parked batch holds at least one.
public final class CommitGate: Sendable {
  /// Answers that wait for a position of the journal.
  public protocol Waiter: AnyObject, Sendable {
    /// Called once, when all that the answers tell is durable, on the thread that found it so.
    func committed()
  }

  private struct Parked {
    var position: UInt64
    var waiter: any Waiter
  }

  private struct State {
    var durable: UInt64 = 0
    /// In the order of their positions, from `head` on.
    var parked: [Parked] = []
    var head = 0
  }

  private let state = Mutex(State())

  init() {}

  /// Releases the waiter when the journal is durable up to the position, at once if it is. Positions never go back from
  /// one call to the next: only the store parks.
  func park(_ waiter: any Waiter, until position: UInt64) {
    let isDurable = state.withLock { state in
      // Behind others that wait it waits as well, so that answers leave in the order in which they were decided.
      if position <= state.durable && state.head == state.parked.count { return true }
      state.parked.append(Parked(position: position, waiter: waiter))
      return false
    }
    if isDurable { waiter.committed() }
  }

  /// Says that the journal is durable up to the position, and releases all that waited for it.
  func advance(to position: UInt64) {
    let released = state.withLock { state -> [Parked] in
      state.durable = max(state.durable, position)
      var end = state.head
      while end < state.parked.count && state.parked[end].position <= state.durable { end += 1 }
      let released = Array(state.parked[state.head..<end])
      state.head = end
      if state.head == state.parked.count {
        state.parked.removeAll(keepingCapacity: true)
        state.head = 0
      }
      return released
    }
    for parked in released { parked.waiter.committed() }
  }
}
