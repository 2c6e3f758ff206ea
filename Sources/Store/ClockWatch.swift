internal import Lifecycle

/// Tells time that has passed from a clock that was set ahead: what the machine's clock says is held against the one
/// that nobody can set.
struct ClockWatch {
  /// How far the two clocks may part from one look to the next, in microseconds: corrections of a few seconds are
  /// everyday life, and do no harm.
  static let tolerance: Int64 = 10_000_000

  private let time: Timestamp
  /// When it was last looked, in nanoseconds.
  let monotonic: UInt64

  /// - Parameters:
  ///   - time: what is taken for the time, never less than before.
  ///   - monotonic: in nanoseconds, of the same moment.
  init(time: Timestamp, monotonic: UInt64) {
    self.time = time
    self.monotonic = monotonic
  }

  /// How far the clock was set ahead since, in microseconds; nil when it was not.
  func step(to now: Timestamp, monotonic: UInt64) -> Int64? {
    let passed = Int64(clamping: (monotonic &- self.monotonic) / 1000)
    let step = now.microseconds &- time.microseconds &- passed
    return step > Self.tolerance ? step : nil
  }
}
