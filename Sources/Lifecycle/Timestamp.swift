/// A moment: microseconds since the Unix epoch, UTC, without leap seconds.
///
/// Arithmetic saturates: timestamps and durations also come from disk and from settings, and none of them may trap.
@frozen
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microseconds: Int64

  /// A moment by its microseconds since the Unix epoch.
  @inlinable
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Microseconds in a second.
  public static let microsecondsPerSecond: Int64 = 1_000_000

  /// The moment so many microseconds later, or earlier where negative; the first or last representable one instead of
  /// an overflow.
  @inlinable
  public func advanced(byMicroseconds duration: Int64) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(duration)
    guard overflow else { return Timestamp(microseconds: sum) }
    return Timestamp(microseconds: duration < 0 ? .min : .max)
  }

  /// The last whole second that is not after this moment.
  public var wholeSecond: Timestamp {
    let remainder = microseconds % Self.microsecondsPerSecond
    return advanced(byMicroseconds: remainder < 0 ? -remainder - Self.microsecondsPerSecond : -remainder)
  }

  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}
