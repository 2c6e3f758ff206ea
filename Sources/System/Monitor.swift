internal import CLinux
internal import Glibc

/// A mutex with a condition: threads wait in it for a state to come about.
///
/// Where nobody waits, `Synchronization.Mutex` is the better choice.
public final class Monitor<State>: @unchecked Sendable {
  /// The lock and its condition, at a fixed address, as pthread demands.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  /// Guarded by `mutex`.
  private var state: State

  public init(_ state: sending State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    condition = .allocate(capacity: 1)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the lock held. It must not call out to code that may take this lock again.
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Runs `body`, lock held, again and again until it returns something, sleeping until the next ``signal()`` or
  /// ``broadcast()`` each time it returns nil.
  public func wait<Result>(until body: (inout State) -> Result?) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      pthread_cond_wait(condition, mutex)
    }
  }

  /// Like ``wait(until:)``, but no longer than to `deadline`.
  ///
  /// - Parameter deadline: on ``MonotonicClock``, in nanoseconds.
  /// - Returns: nil when the deadline has passed and `body` still returned nil.
  public func wait<Result>(deadline: UInt64, until body: (inout State) -> Result?) -> Result? {
    var limit = timespec()
    limit.tv_sec = Int(truncatingIfNeeded: min(deadline, UInt64(Int64.max)) / 1_000_000_000)
    limit.tv_nsec = Int(truncatingIfNeeded: deadline % 1_000_000_000)
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&state) { return result }
      if pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT { return body(&state) }
    }
  }

  /// Wakes one of the threads that wait.
  public func signal() {
    pthread_cond_signal(condition)
  }

  /// Wakes all threads that wait.
  public func broadcast() {
    pthread_cond_broadcast(condition)
  }
}
