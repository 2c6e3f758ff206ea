internal import Store
internal import Synchronization
internal import System

/// A clock that stands still until the walk turns it, and gives its alarms on the thread that does.
final class WalkClock: StoreClock {
  private struct State {
    /// Since the Unix epoch; the other clock goes with it.
    var microseconds: Int64 = 1_782_864_000_000_000
    var alarmAt = UInt64.max
    var alarm: (@Sendable () -> Void)?
  }

  /// A store rests so long between two alarms at least, in microseconds: the clock goes on by that while it has more to
  /// do.
  private static let rest: Int64 = 1000

  private let state = Mutex(State())

  func time() -> Int64 { state.withLock { $0.microseconds } }

  func monotonic() -> UInt64 { UInt64(time()) * 1000 }

  func start(_ alarm: @escaping @Sendable () -> Void) throws(SystemError) { state.withLock { $0.alarm = alarm } }

  func setAlarm(at monotonic: UInt64) { state.withLock { $0.alarmAt = monotonic } }

  func stop(waiting: Bool) {
    state.withLock { state in
      state.alarmAt = .max
      state.alarm = nil
    }
  }

  /// Has time pass, then gives the alarms that are due, until none is.
  func turn(by microseconds: Int64) {
    state.withLock { $0.microseconds += microseconds }
    while let alarm = dueAlarm() { alarm() }
  }

  private func dueAlarm() -> (@Sendable () -> Void)? {
    state.withLock { state in
      let now = UInt64(state.microseconds) * 1000
      guard state.alarmAt <= now + UInt64(Self.rest) * 1000 else { return nil }
      if state.alarmAt > now { state.microseconds += Self.rest }
      state.alarmAt = .max
      return state.alarm
    }
  }
}
