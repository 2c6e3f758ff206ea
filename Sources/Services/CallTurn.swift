internal import RPC
internal import Store

/// One batch of unary calls on its way: run by the store's executor as one turn, then its answers wait at the gate for
/// the journal. One object serves a whole batch.
final class CallTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let batch: CallBatch
  private let dispatcher: ServiceDispatcher

  init(_ batch: CallBatch, dispatcher: ServiceDispatcher) {
    self.batch = batch
    self.dispatcher = dispatcher
  }

  func run() {
    dispatcher.store.assumeIsolated { store in
      store.beginTurn()
      dispatcher.answer(batch, on: store)
      dispatcher.sandbox?.act(on: store)
      store.endTurn(answering: self)
    }
  }

  func committed() {
    if !batch.replies.isEmpty { batch.sink.deliver(batch.replies) }
  }
}
