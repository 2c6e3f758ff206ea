/// When the calls of an open loop are due: evenly spread in time, whatever the answers do. So a call that cannot be
/// sent in time because others are stalled is still counted from when it should have been.
///
/// Calls may be gathered: time is cut into slots of equal length from the start on, and what is due within a slot
/// leaves at its end. When each was due stays what it is.
struct Pacer: Sendable {
  private let start: UInt64
  /// Nanoseconds between two calls.
  private let interval: Double
  /// How long a slot is, in nanoseconds; 0 where each call leaves when it is due.
  private let gathering: UInt64
  /// Calls that were taken so far.
  private(set) var taken: UInt64 = 0

  /// - Parameters:
  ///   - start: when the first call is due, in nanoseconds.
  ///   - rate: calls a second, more than 0.
  ///   - gathering: how long calls are gathered, in nanoseconds.
  init(start: UInt64, rate: Double, gathering: UInt64 = 0) {
    self.start = start
    interval = 1e9 / rate
    self.gathering = gathering
  }

  /// When the next call is due, in nanoseconds. Counted from the start, so that no rounding adds up.
  var next: UInt64 {
    let offset = interval * Double(taken)
    return offset < Double(Int64.max) ? start &+ UInt64(offset) : .max
  }

  /// When a call leaves that is due at a time: then, or at the end of its slot. In nanoseconds.
  func departure(of due: UInt64) -> UInt64 {
    guard gathering > 0, due > start else { return due }
    let over = (due &- start) % gathering
    guard over > 0 else { return due }
    let (end, overflow) = due.addingReportingOverflow(gathering &- over)
    return overflow ? .max : end
  }

  /// Up to when calls were due that leave by now, in nanoseconds: what ``take(by:)`` is to be asked.
  func departed(by now: UInt64) -> UInt64 {
    guard gathering > 0, now > start else { return now }
    return now &- (now &- start) % gathering
  }

  /// Takes the next call if it is due by now.
  ///
  /// - Returns: when it was due.
  mutating func take(by now: UInt64) -> UInt64? {
    let due = next
    guard due <= now else { return nil }
    taken += 1
    return due
  }
}
