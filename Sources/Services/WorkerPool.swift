internal import System

/// Threads for what takes long: signature checks and reading the log. They run beside the loops and the store, never on
/// them.
final class WorkerPool: Sendable {
  typealias Work = @Sendable () -> Void

  /// Pieces of work that wait at the most: at 100 us each, a quarter of a second's work for one thread. Whoever finds
  /// the queue full tells its caller to come again.
  private static let maximumWaiting = 4096

  fileprivate struct Queue {
    /// From `head` on, in the order they came.
    var waiting: [Work] = []
    var head = 0
    var isStopped = false
  }

  private let queue = Monitor(Queue())

  /// - Parameter threads: at least 1.
  init(threads: Int) throws(SystemError) {
    for index in 0..<max(1, threads) {
      let thread = try Thread(name: "gatehouse-work-\(index)") { [queue] in Self.run(queue) }
      thread.detach()
    }
  }

  deinit {
    queue.withLock { $0.isStopped = true }
    queue.broadcast()
  }

  /// Takes work unless too much waits.
  ///
  /// - Returns: whether it was taken.
  func submit(_ work: @escaping Work) -> Bool {
    let isTaken = queue.withLock { queue in
      guard queue.waiting.count - queue.head < Self.maximumWaiting else { return false }
      queue.waiting.append(work)
      return true
    }
    if isTaken { queue.signal() }
    return isTaken
  }

  private static func run(_ queue: Monitor<Queue>) {
    while let work = queue.wait(until: { queue in queue.next() }).work { work() }
  }
}

/// What a worker's thread does next: a piece of work, or, without one, end.
private struct Next {
  var work: WorkerPool.Work?
}

extension WorkerPool.Queue {
  fileprivate mutating func next() -> Next? {
    if isStopped { return Next(work: nil) }
    guard head < waiting.count else { return nil }
    let work = waiting[head]
    head += 1
    if head == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024 {
      waiting.removeSubrange(..<head)
      head = 0
    }
    return Next(work: work)
  }
}
