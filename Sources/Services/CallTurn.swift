internal import RPC
internal import Store

/// One batch of unary calls on its way: run by the store's executor as one turn, then its answers wait at the gate for
/// the journal. One object serves a whole batch.
final class CallTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let batch: CallBatch
  /// What could be done ahead for each of the batch's calls, beside the store.
  private let preparations: [Preparation]
  private let dispatcher: ServiceDispatcher

  init(_ batch: CallBatch, _ preparations: [Preparation], dispatcher: ServiceDispatcher) {
    self.batch = batch
    self.preparations = preparations
    self.dispatcher = dispatcher
  }

  func run() {
    dispatcher.store.assumeIsolated { store in
      store.beginTurn()
      let created = dispatcher.answer(batch, preparations, on: store)
      if !created.isEmpty {
        batch.replies.completion = { [dispatcher] replies in
          // By index: the loop over the elements would copy each.
          for index in created.indices { dispatcher.render(created[index], into: replies) }
        }
      }
      dispatcher.sandbox?.act(on: store)
      store.endTurn(answering: self)
    }
  }

  func committed() {
    if !batch.replies.isEmpty { batch.sink.deliver(batch.replies) }
  }
}
