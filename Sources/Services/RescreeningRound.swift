internal import Lifecycle
internal import Store
internal import Synchronization
internal import System

/// Has the wallets of customers who were taken in screened again when the policy's interval is over: goes round all
/// customers, a few in each turn of the store, on a thread of its own. There is none where the policy has no interval.
///
/// Going round costs a look at each customer now and then, and no memory: an index would take some for each of them.
final class RescreeningRound: Sendable {
  /// How long to rest between two turns, in nanoseconds: with what one turn opens at the most some thousand screenings
  /// a second, so that customers who are due all at once, as after a start, crowd out nobody.
  private static let rest: UInt64 = 10_000_000
  /// Between two rounds a part of the interval passes, within these bounds, in nanoseconds: late by little, and a
  /// thousandth of a processor at a million customers.
  private static let roundsAnInterval: UInt64 = 16
  private static let pauses: ClosedRange<UInt64> = 1_000_000_000...60_000_000_000

  private let store: CustomerStore
  private let sandbox: Sandbox?
  private let pause: UInt64
  private let isStopping = Monitor(false)
  private let thread = Mutex<Thread?>(nil)

  /// - Returns: nil where nobody is to be screened again by the time alone.
  init?(of store: CustomerStore, sandbox: Sandbox?) {
    guard let interval = store.settings.policy.rescreeningInterval else { return nil }
    self.store = store
    self.sandbox = sandbox
    let part = UInt64(clamping: interval).multipliedReportingOverflow(by: 1000 / Self.roundsAnInterval)
    pause =
      part.overflow
      ? Self.pauses.upperBound : min(max(part.partialValue, Self.pauses.lowerBound), Self.pauses.upperBound)
  }

  func start() throws(SystemError) {
    try thread.withLock { (thread) throws(SystemError) in
      thread = try Thread(name: "gh-rescreen") { [self] in goRound() }
    }
  }

  /// Opens no more screenings, and waits for the turn that is under way.
  func stop() {
    isStopping.withLock { $0 = true }
    isStopping.broadcast()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    thread.join()
  }

  private func goRound() {
    var next = 0
    repeat {
      let turn = RescreeningTurn(store, sandbox: sandbox, first: next)
      store.executor.submit(turn)
      next = turn.wait()
    } while isStopping.wait(
      deadline: MonotonicClock.now() + (next == 0 ? pause : Self.rest), until: { $0 ? true : nil }) == nil
  }
}

/// A turn of the store in which customers are looked at whose wallets may be due for another screening.
final class RescreeningTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let store: CustomerStore
  private let sandbox: Sandbox?
  private let first: Int
  private let next = Mutex(0)
  private let committedNext = Monitor<Int?>(nil)

  init(_ store: CustomerStore, sandbox: Sandbox?, first: Int) {
    self.store = store
    self.sandbox = sandbox
    self.first = first
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      let end = store.openDueScreenings(from: first)
      next.withLock { $0 = end < store.customerCount ? end : 0 }
      sandbox?.act(on: store)
      store.endTurn(answering: self)
    }
  }

  func committed() {
    let next = next.withLock { $0 }
    committedNext.withLock { $0 = next }
    committedNext.broadcast()
  }

  /// Waits until what the turn decided is durable.
  ///
  /// - Returns: where to go on; 0 when all customers were looked at.
  func wait() -> Int { committedNext.wait { $0 } }
}
