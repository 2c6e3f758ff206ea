internal import Lifecycle
internal import Store
internal import Synchronization
internal import System

/// What the sandbox has still to do, and when: on a thread of its own. Kept in memory alone; after a restart the
/// sandbox looks at everybody again.
final class SandboxSchedule: Sendable {
  enum Errand: Sendable {
    /// Look at a customer whose attempt is due.
    case look(Slot)
    case report(SandboxReport)
  }

  /// How much there may be to do: past this many the simulator refuses to put more off.
  static let limit = 100_000

  private struct Entry {
    /// In nanoseconds of the monotonic clock.
    var at: UInt64
    var errand: Errand
    var key: Key?
  }

  /// An attempt that something is planned for.
  struct Key: Hashable {
    var slot: Slot
    var subject: Pending.Subject
    var attempt: UInt32
  }

  private struct State {
    /// The next one last.
    var entries: [Entry] = []
    var planned: Set<Key> = []
    var isStopping = false
  }

  private let state = Monitor(State())
  private let thread = Mutex<Thread?>(nil)

  /// Plans something, unless something is planned for that attempt already.
  ///
  /// - Returns: false when there is too much to do.
  @discardableResult
  func add(_ errand: Errand, after microseconds: Int64, for key: Key? = nil) -> Bool {
    let wait = UInt64(clamping: microseconds).multipliedReportingOverflow(by: 1000)
    let (at, isLate) = MonotonicClock.now().addingReportingOverflow(wait.partialValue)
    let isAdded = state.withLock { state in
      guard state.entries.count < Self.limit else { return false }
      if let key { guard state.planned.insert(key).inserted else { return true } }
      let entry = Entry(at: wait.overflow || isLate ? .max : at, errand: errand, key: key)
      var (low, high) = (0, state.entries.count)
      while low < high {
        let middle = (low + high) / 2
        if state.entries[middle].at > entry.at { low = middle + 1 } else { high = middle }
      }
      state.entries.insert(entry, at: low)
      return true
    }
    state.signal()
    return isAdded
  }

  /// Has what is due done from now on.
  func start(_ run: @escaping @Sendable ([Errand]) -> Void) throws(SystemError) {
    try thread.withLock { (thread) throws(SystemError) in
      thread = try Thread(name: "gh-sandbox") { [self] in
        while let due = waitForDue() { if !due.isEmpty { run(due) } }
      }
    }
  }

  /// Does nothing more, and waits for what is being begun.
  func stop() {
    state.withLock { $0.isStopping = true }
    state.signal()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    thread.join()
  }

  /// - Returns: nil when there is to be no more; nothing when something else may be due first now.
  private func waitForDue() -> [Errand]? {
    let next = state.withLock { $0.entries.last?.at ?? .max }
    let isOver = state.wait(deadline: next) { state -> Bool? in
      if state.isStopping { return true }
      return (state.entries.last?.at ?? .max) == next && next > MonotonicClock.now() ? nil : false
    }
    guard isOver != true else { return nil }
    let now = MonotonicClock.now()
    return state.withLock { state in
      var due: [Errand] = []
      while let entry = state.entries.last, entry.at <= now {
        state.entries.removeLast()
        if let key = entry.key { state.planned.remove(key) }
        due.append(entry.errand)
      }
      return due
    }
  }
}

/// A turn of the store in which the sandbox does what is due.
final class SandboxTurn: CombiningExecutor.Work, CommitGate.Waiter {
  /// How long until it is tried again when nothing can be written, in microseconds.
  private static let retry: Int64 = 1_000_000

  private let sandbox: Sandbox
  private let store: CustomerStore
  private let errands: [SandboxSchedule.Errand]

  init(sandbox: Sandbox, store: CustomerStore, errands: [SandboxSchedule.Errand]) {
    self.sandbox = sandbox
    self.store = store
    self.errands = errands
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      for errand in errands {
        if store.lacksSpace || store.isOverloaded {
          sandbox.schedule.add(errand, after: Self.retry)
          continue
        }
        switch errand {
        case .look(let slot): sandbox.act(on: slot, store)
        // Refused where the customer has gone on meanwhile: as a third party's word would be.
        case .report(let report): _ = sandbox.deliver(report, store)
        }
      }
      sandbox.act(on: store)
      store.endTurn(answering: self)
    }
  }

  func committed() {}
}
