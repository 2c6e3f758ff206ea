internal import Synchronization
public import System

/// A serial executor whose work is run by whoever brings it while nobody else runs any: a call that comes alone thus
/// reaches the store without waking another thread. Work that comes while some is running, and large pieces, go to a
/// thread of the executor's own: an event loop never runs another's work, and reads on while much is decided.
///
/// Serial means: at any moment at most one thread runs work, and each piece of work sees all that the ones before it
/// did.
public final class CombiningExecutor: SerialExecutor {
  /// A batch of work for the actor on this executor. One object carries as much as one turn of its maker has found.
  public protocol Work: AnyObject, Sendable {
    /// Called once, on whichever thread runs the executor.
    func run()
  }

  private enum Item {
    case job(UnownedJob)
    case work(any Work)
  }

  /// What waits. Bounded by those who bring work: an event loop bounds the calls that it has open, a worker brings one
  /// piece at a time, and suspended tasks each wait for one job.
  private struct Queue {
    var items: [Item] = []
    /// Whether a thread runs work, or the executor's own is on its way to.
    var isRunning = false
    /// Whether the executor's own thread is to run what waits.
    var isForThread = false
    var hasThread = false
    var isStopped = false
  }

  private let queue = Monitor(Queue())
  /// The thread that runs work; 0 when none does. Only compared with the asking thread's own identity, so an outdated
  /// value of another thread never matches.
  private let runner = Atomic<UInt>(0)
  /// Whether the executor's own thread runs work, and pauses behind it.
  private let pausesLater = Atomic(false)

  /// Makes an idle executor. Until `start` gives it a thread, whoever runs work runs all that waits.
  public init() {}

  deinit {
    queue.withLock { $0.isStopped = true }
    queue.broadcast()
  }

  /// Starts the executor's own thread. It ends with the executor.
  ///
  /// - Parameter onPause: called on that thread, as work is, when it has run all that there was: it does once what each
  ///   piece of work would have done for itself, and may leave to it while ``isPauseAhead``.
  public func start(onPause: @escaping @Sendable () -> Void) throws(SystemError) {
    let thread = try Thread(name: "gatehouse-store") { [queue, weak self] in
      while Self.waitForDuty(queue) { self?.runAll(onPause) }
    }
    thread.detach()
    queue.withLock { $0.hasThread = true }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    bring(.job(UnownedJob(job)), isLarge: false)
  }

  /// Has the work run: by this thread, before the call returns, unless work is running already, or it is large and the
  /// executor has a thread.
  public func submit(_ work: any Work, isLarge: Bool = false) {
    bring(.work(work), isLarge: isLarge)
  }

  /// Whether the executor will pause when the work that asks, and all that waits behind it, has been run.
  public var isPauseAhead: Bool { pausesLater.load(ordering: .relaxed) }

  public func isIsolatingCurrentContext() -> Bool? {
    runner.load(ordering: .relaxed) == Thread.current()
  }

  public func checkIsolated() {
    precondition(runner.load(ordering: .relaxed) == Thread.current(), "not on the store's executor")
  }

  // MARK: - Whose turn it is

  private enum Duty {
    /// The item runs on this thread, now.
    case runHere
    /// The item waits for the thread that runs.
    case leave
    /// The item waits for the executor's own thread, which sleeps.
    case wake
  }

  private func bring(_ item: Item, isLarge: Bool) {
    let duty = queue.withLock { queue -> Duty in
      if queue.isRunning {
        queue.items.append(item)
        return .leave
      }
      queue.isRunning = true
      guard isLarge && queue.hasThread else { return .runHere }
      queue.items.append(item)
      queue.isForThread = true
      return .wake
    }
    switch duty {
    case .leave: return
    case .wake: queue.signal()
    case .runHere:
      runner.store(Thread.current(), ordering: .relaxed)
      run(item)
      handOn()
    }
  }

  /// This thread has run its own piece of work: what came meanwhile is for the executor's thread.
  private func handOn() {
    let duty = queue.withLock { queue -> Duty in
      if queue.items.isEmpty {
        runner.store(0, ordering: .relaxed)
        queue.isRunning = false
        return .leave
      }
      guard queue.hasThread else { return .runHere }
      runner.store(0, ordering: .relaxed)
      queue.isForThread = true
      return .wake
    }
    switch duty {
    case .leave: return
    case .wake: queue.signal()
    case .runHere: runAll()
    }
  }

  /// Runs what waits until nothing does.
  ///
  /// - Parameter onPause: called when nothing waits any more, before the run ends; where there is nothing to call, work
  ///   is told that it has to do all by itself.
  private func runAll(_ onPause: (() -> Void)? = nil) {
    runner.store(Thread.current(), ordering: .relaxed)
    pausesLater.store(onPause != nil, ordering: .relaxed)
    var hasPaused = onPause == nil
    while true {
      let items = queue.withLock { queue -> [Item] in
        let items = queue.items
        queue.items = []
        if items.isEmpty && hasPaused {
          pausesLater.store(false, ordering: .relaxed)
          runner.store(0, ordering: .relaxed)
          queue.isRunning = false
        }
        return items
      }
      if items.isEmpty && hasPaused { return }
      if items.isEmpty { onPause?() }
      for item in items { run(item) }
      hasPaused = items.isEmpty || onPause == nil
    }
  }

  /// Waits until there is work for the executor's own thread; false when the executor has ended.
  private static func waitForDuty(_ queue: Monitor<Queue>) -> Bool {
    queue.wait { queue -> Bool? in
      if queue.isStopped { return false }
      guard queue.isForThread else { return nil }
      queue.isForThread = false
      return true
    }
  }

  private func run(_ item: Item) {
    switch item {
    case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .work(let work): work.run()
    }
  }
}
