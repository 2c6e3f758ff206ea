internal import Synchronization
internal import System

/// The listening socket, and which loop has the next connection. Confined to the first loop's thread.
final class Acceptor {
  let listener: Listener
  /// Where connections go in turn.
  var loops: [EventLoop] = []
  var nextLoop = 0
  /// When accepting goes on after the system had no more to give; nil: it goes on now.
  var resumesAt: UInt64?

  init(listener: consuming Listener) {
    self.listener = listener
  }
}

/// How many connections may still be taken, over all loops.
final class ConnectionBudget: Sendable {
  private let left: Atomic<Int>

  init(_ count: Int) {
    left = Atomic(count)
  }

  /// - Returns: false when there are as many as are allowed.
  func take() -> Bool {
    if left.subtract(1, ordering: .relaxed).newValue >= 0 { return true }
    left.add(1, ordering: .relaxed)
    return false
  }

  func release() {
    left.add(1, ordering: .relaxed)
  }
}
