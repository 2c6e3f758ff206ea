internal import Synchronization
internal import System

@testable import Store

/// A clock that stands still until a test turns it, and gives its alarms on the test's thread.
final class TurnedClock: StoreClock {
  private struct State {
    var time: Int64 = 1_800_000_000_000_000
    var monotonic: UInt64 = 1_000_000_000
    var alarmAt = UInt64.max
    var alarm: (@Sendable () -> Void)?
    var alarms = 0
  }

  private let state = Mutex(State())

  func time() -> Int64 { state.withLock { $0.time } }

  func monotonic() -> UInt64 { state.withLock { $0.monotonic } }

  func start(_ alarm: @escaping @Sendable () -> Void) throws(SystemError) { state.withLock { $0.alarm = alarm } }

  func setAlarm(at monotonic: UInt64) { state.withLock { $0.alarmAt = monotonic } }

  func stop(waiting: Bool) {
    state.withLock { state in
      state.alarm = nil
      state.alarmAt = .max
    }
  }

  /// When the alarm is set for, in microseconds from now; nil when it is not.
  var nextAlarm: Int64? {
    state.withLock { state in
      state.alarmAt == .max
        ? nil : Int64(clamping: state.alarmAt.subtractingReportingOverflow(state.monotonic).0) / 1000
    }
  }

  /// How many alarms were given.
  var alarms: Int { state.withLock { $0.alarms } }

  /// Turns both clocks on, and gives the alarms that come by then, each at its time.
  func turn(microseconds: Int64) {
    let end = state.withLock { $0.monotonic &+ UInt64(microseconds) * 1000 }
    while let alarm = step(to: end) { alarm() }
  }

  func turn(seconds: Int64) { turn(microseconds: seconds * 1_000_000) }

  private func step(to end: UInt64) -> (@Sendable () -> Void)? {
    state.withLock { state in
      let isDue = state.alarmAt <= end && state.alarm != nil
      let target = isDue ? max(state.alarmAt, state.monotonic) : end
      state.time += Int64((target - state.monotonic) / 1000)
      state.monotonic = target
      guard isDue else { return nil }
      state.alarmAt = .max
      state.alarms += 1
      return state.alarm
    }
  }

  /// Sets the clock that can be set.
  func set(aheadMicroseconds: Int64) { state.withLock { $0.time += aheadMicroseconds } }
}
