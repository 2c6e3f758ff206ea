internal import Synchronization
public import System

/// Where a store has its time from, and its alarm: all that happens by the time alone (reviews that become due, leases
/// that lapse, deadlines that pass) goes by this one clock, so that a test can turn it.
public protocol StoreClock: AnyObject, Sendable {
  /// Microseconds since the Unix epoch. It may be set, back too.
  func time() -> Int64

  /// Nanoseconds since some fixed moment: never set.
  func monotonic() -> UInt64

  /// Begins to give alarms. Called before the first ``setAlarm(at:)``; again only after ``stop(waiting:)``.
  ///
  /// - Parameter alarm: called once for each time that was set, on a thread that it may hold up.
  func start(_ alarm: @escaping @Sendable () -> Void) throws(SystemError)

  /// Has the alarm given at this time of the monotonic clock, in place of the time that was set before.
  func setAlarm(at monotonic: UInt64)

  /// Gives no more alarms.
  ///
  /// - Parameter waiting: whether to wait for one that is being given.
  func stop(waiting: Bool)
}

/// The machine's clocks, and a thread that sleeps until the next alarm.
public final class SystemClock: StoreClock {
  private struct State {
    /// The greatest number for never.
    var alarmAt = UInt64.max
    var isStopped = false
  }

  private let state = Monitor(State())
  private let thread = Mutex<Thread?>(nil)

  public init() {}

  public func time() -> Int64 { WallClock.now() }

  public func monotonic() -> UInt64 { MonotonicClock.now() }

  public func start(_ alarm: @escaping @Sendable () -> Void) throws(SystemError) {
    state.withLock { $0 = State() }
    try thread.withLock { (thread) throws(SystemError) in
      thread = try Thread(name: "gh-clock") { [state] in
        while Self.waitForAlarm(state) { alarm() }
      }
    }
  }

  public func setAlarm(at monotonic: UInt64) {
    state.withLock { $0.alarmAt = monotonic }
    state.signal()
  }

  public func stop(waiting: Bool) {
    state.withLock { $0.isStopped = true }
    state.signal()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    if waiting { thread.join() } else { thread.detach() }
  }

  private enum Finding {
    case alarm
    case stop
    /// Another time counts.
    case anotherTime
  }

  /// - Returns: false when there is to be no alarm any more.
  private static func waitForAlarm(_ state: Monitor<State>) -> Bool {
    while true {
      let awaited = state.withLock { $0.alarmAt }
      let finding = state.wait(deadline: awaited) { state -> Finding? in
        if state.isStopped { return .stop }
        if state.alarmAt <= MonotonicClock.now() {
          state.alarmAt = .max
          return .alarm
        }
        return state.alarmAt == awaited ? nil : .anotherTime
      }
      switch finding {
      case .alarm: return true
      case .stop: return false
      case .anotherTime, nil: continue
      }
    }
  }
}
