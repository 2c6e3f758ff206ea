internal import RPC
internal import Store
internal import Synchronization
internal import System

/// One batch of unary calls on its way: run by the store's executor as one turn, then its answers wait at the gate for
/// the journal. One object serves a whole batch.
final class CallTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let batch: CallBatch
  /// What could be done ahead for each of the batch's calls, beside the store.
  private let prepared: PreparedCalls
  /// How many of the calls wait for the turn: those that have been answered do not.
  let waitingCalls: Int
  private let dispatcher: ServiceDispatcher
  /// The thread that brings the batch and may write to the disk what is decided; nil if none may.
  private let flusher: UInt?
  /// Whether the flusher has run this turn, and has still to write what it decided.
  private let isLeftToFlusher = Atomic(false)

  var leavesFlush: Bool { isLeftToFlusher.load(ordering: .relaxed) }

  /// - Parameter flusher: the thread that brings the batch, if it looks at ``leavesFlush`` afterwards.
  init(_ batch: CallBatch, _ prepared: PreparedCalls, dispatcher: ServiceDispatcher, flusher: UInt?) {
    self.batch = batch
    self.prepared = prepared
    waitingCalls = prepared.waitingCalls
    self.dispatcher = dispatcher
    self.flusher = flusher
  }

  func run() {
    dispatcher.backlog.remove(waitingCalls)
    dispatcher.store.assumeIsolated { store in
      store.beginTurn()
      let answered = dispatcher.answer(batch, prepared, on: store)
      if !answered.isEmpty {
        batch.replies.completion = { [dispatcher, creations = prepared.creations] replies in
          dispatcher.render(answered, of: creations, into: replies)
        }
      }
      dispatcher.sandbox?.act(on: store)
      let leavesFlush = flusher.map { $0 == Thread.current() } ?? false
      if leavesFlush { isLeftToFlusher.store(true, ordering: .relaxed) }
      store.endTurn(answering: self, flushing: leavesFlush)
    }
  }

  func committed() {
    if !batch.replies.isEmpty { batch.sink.deliver(batch.replies) }
  }
}
