internal import Synchronization
internal import System

/// A short turn of the store that another thread waits for.
final class StoreVisit<Result: Sendable>: CombiningExecutor.Work, CommitGate.Waiter {
  private let store: CustomerStore
  private let body: @Sendable (isolated CustomerStore) -> Result
  private let made = Mutex<Result?>(nil)
  private let result = Monitor<Result?>(nil)

  private init(_ store: CustomerStore, _ body: @escaping @Sendable (isolated CustomerStore) -> Result) {
    self.store = store
    self.body = body
  }

  /// Runs a turn, and waits until all that was decided up to its end is durable. Not to be called by a thread that the
  /// store or the journal waits for.
  static func run(
    _ store: CustomerStore, _ body: @escaping @Sendable (isolated CustomerStore) -> Result
  ) -> Result {
    let visit = StoreVisit(store, body)
    store.executor.submit(visit)
    return visit.result.wait { $0 }
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      let result = body(store)
      made.withLock { $0 = result }
      store.endTurn(answering: self)
    }
  }

  func committed() {
    let made = made.withLock { $0 }
    result.withLock { $0 = made }
    result.broadcast()
  }
}
