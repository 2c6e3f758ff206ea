internal import Synchronization

/// How long flushes took, for whoever runs the server: counts by length, since the start and of the last minute. A
/// value; recording costs a few instructions.
struct FlushStatistics {
  /// From here on a flush is slow, in microseconds: a healthy disk takes a thousandth of that.
  static let slowMicroseconds: UInt64 = 1_000_000
  /// The last minute is kept in so many parts; the oldest is forgotten whole.
  private static let parts = 6
  /// Nanoseconds of a part.
  private static let partLength: UInt64 = 10_000_000_000

  private struct Part {
    /// Which part of time since the clock's beginning it counts.
    var number: UInt64 = 0
    var lengths = LengthHistogram()
  }

  private var life = LengthHistogram()
  private var recent = Array(repeating: Part(), count: parts)
  private(set) var slow: UInt64 = 0

  /// - Parameters:
  ///   - nanoseconds: how long the flush took.
  ///   - now: when it ended, on the monotonic clock.
  mutating func record(nanoseconds: UInt64, now: UInt64) {
    let microseconds = nanoseconds / 1000
    life.record(microseconds)
    if microseconds >= Self.slowMicroseconds { slow += 1 }
    let number = now / Self.partLength
    let index = Int(number % UInt64(Self.parts))
    if recent[index].number != number { recent[index] = Part(number: number) }
    recent[index].lengths.record(microseconds)
  }

  var lifeFigures: FlushFigures { life.figures }

  /// Of the last 50 to 60 seconds before `now`.
  func recentFigures(now: UInt64) -> FlushFigures {
    let number = now / Self.partLength
    var sum = LengthHistogram()
    for part in recent where part.number <= number && number - part.number < UInt64(Self.parts) {
      sum.add(part.lengths)
    }
    return sum.figures
  }
}

/// Where whoever flushes records how long it took, and whoever asks reads it.
final class FlushRecorder: Sendable {
  private let flushes = Mutex(FlushStatistics())

  var statistics: FlushStatistics { flushes.withLock { $0 } }

  /// - Parameter now: when the flush ended, on the monotonic clock.
  func record(nanoseconds: UInt64, now: UInt64) {
    flushes.withLock { $0.record(nanoseconds: nanoseconds, now: now) }
  }
}

/// How many flushes there were, and how long they took, in microseconds. Quantiles are rounded up by at most an eighth.
public struct FlushFigures: Equatable, Sendable {
  public var count: UInt64 = 0
  public var p50: UInt64 = 0
  public var p99: UInt64 = 0
  public var max: UInt64 = 0
}

/// Counts lengths of time in buckets that are as wide as an eighth of what they hold.
struct LengthHistogram {
  /// Buckets for each doubling, as a power of two.
  private static let precision = 3
  /// Lengths of 2^32 microseconds, more than an hour, and beyond share the last bucket.
  private static let longest: UInt64 = (1 << 32) - 1
  private static let buckets = index(of: longest) + 1

  private var counts = [UInt64](repeating: 0, count: buckets)
  private var total: UInt64 = 0
  private var greatest: UInt64 = 0

  mutating func record(_ length: UInt64) {
    counts[Self.index(of: min(length, Self.longest))] += 1
    total += 1
    greatest = max(greatest, length)
  }

  mutating func add(_ other: LengthHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    total += other.total
    greatest = max(greatest, other.greatest)
  }

  var figures: FlushFigures {
    FlushFigures(count: total, p50: quantile(0.5), p99: quantile(0.99), max: greatest)
  }

  /// The length that this part of all is not longer than, rounded up to the end of its bucket; 0 when there is none.
  func quantile(_ part: Double) -> UInt64 {
    let wanted = max(1, UInt64((Double(total) * part).rounded(.up)))
    var seen: UInt64 = 0
    for (index, count) in counts.enumerated() {
      seen += count
      if seen >= wanted { return min(greatest, Self.last(in: index)) }
    }
    return greatest
  }

  private static func index(of length: UInt64) -> Int {
    let exact = UInt64(1) << precision
    guard length >= exact else { return Int(length) }
    let shift = UInt64.bitWidth - 1 - length.leadingZeroBitCount - precision
    return shift << precision + Int(length >> UInt64(shift))
  }

  /// The greatest length in a bucket.
  private static func last(in index: Int) -> UInt64 {
    let exact = 1 << precision
    guard index >= exact else { return UInt64(index) }
    let shift = index >> precision - 1
    return UInt64((index & (exact - 1)) + exact + 1) << UInt64(shift) - 1
  }
}
