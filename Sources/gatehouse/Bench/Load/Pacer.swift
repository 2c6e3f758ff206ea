/// When the calls of an open loop are due: evenly spread in time, whatever the answers do. So a call that cannot be
/// sent in time because others are stalled is still counted from when it should have been.
struct Pacer: Sendable {
  private let start: UInt64
  /// Nanoseconds between two calls.
  private let interval: Double
  /// Calls that were taken so far.
  private(set) var taken: UInt64 = 0

  /// - Parameters:
  ///   - start: when the first call is due, in nanoseconds.
  ///   - rate: calls a second, more than 0.
  init(start: UInt64, rate: Double) {
    self.start = start
    interval = 1e9 / rate
  }

  /// When the next call is due, in nanoseconds. Counted from the start, so that no rounding adds up.
  var next: UInt64 {
    let offset = interval * Double(taken)
    return offset < Double(Int64.max) ? start &+ UInt64(offset) : .max
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
