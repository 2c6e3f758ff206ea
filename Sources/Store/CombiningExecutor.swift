internal import Synchronization
internal import System

/// A serial executor without a thread of its own: whoever brings work while nobody runs any, runs it, and with it what
/// others bring meanwhile. One busy event loop thus reaches the store without handing over to another thread, and
/// several share it without waiting for each other.
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

  /// What waits for the thread that runs. Bounded by those who bring work: an event loop or a worker brings one batch
  /// at a time and bounds what is in it; suspended tasks each wait for one job.
  private struct Queue {
    var items: [Item] = []
    var isRunning = false
  }

  private let queue = Mutex(Queue())
  /// The thread that runs work; 0 when none does. Only compared with the asking thread's own identity, so an outdated
  /// value of another thread never matches.
  private let runner = Atomic<UInt>(0)

  /// Makes an idle executor.
  public init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    bring(.job(UnownedJob(job)))
  }

  /// Has the work run: by this thread, before the call returns, unless another thread runs the executor already.
  public func submit(_ work: any Work) {
    bring(.work(work))
  }

  public func isIsolatingCurrentContext() -> Bool? {
    runner.load(ordering: .relaxed) == Thread.current()
  }

  public func checkIsolated() {
    precondition(runner.load(ordering: .relaxed) == Thread.current(), "not on the store's executor")
  }

  private func bring(_ item: Item) {
    let isMine = queue.withLock { queue in
      if queue.isRunning {
        queue.items.append(item)
        return false
      }
      queue.isRunning = true
      return true
    }
    guard isMine else { return }
    runner.store(Thread.current(), ordering: .relaxed)
    run(item)
    while true {
      let more = queue.withLock { queue -> [Item] in
        let items = queue.items
        queue.items = []
        if items.isEmpty {
          runner.store(0, ordering: .relaxed)
          queue.isRunning = false
        }
        return items
      }
      if more.isEmpty { return }
      for item in more { run(item) }
    }
  }

  private func run(_ item: Item) {
    switch item {
    case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
    case .work(let work): work.run()
    }
  }
}
