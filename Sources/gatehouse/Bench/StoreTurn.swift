internal import Store
internal import System

/// One turn of a store, from its decisions until they are durable.
final class StoreTurn<Result: Sendable>: CombiningExecutor.Work, CommitGate.Waiter {
  private let store: CustomerStore
  private let body: @Sendable (isolated CustomerStore) -> Result
  private let state = Monitor<(result: Result?, isDurable: Bool)>((nil, false))

  private init(_ store: CustomerStore, _ body: @escaping @Sendable (isolated CustomerStore) -> Result) {
    self.store = store
    self.body = body
  }

  /// Runs a turn and waits until all of it is durable.
  static func run(
    on store: CustomerStore, _ body: @escaping @Sendable (isolated CustomerStore) -> Result
  ) -> Result {
    let turn = StoreTurn(store, body)
    store.executor.submit(turn)
    return turn.state.wait { $0.isDurable ? $0.result : nil }
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      let result = body(store)
      state.withLock { $0.result = result }
      store.endTurn(answering: self)
    }
  }

  func committed() {
    state.withLock { $0.isDurable = true }
    state.broadcast()
  }
}
