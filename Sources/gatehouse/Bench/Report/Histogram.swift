/// How often each duration was seen, in memory of a fixed size: durations up to 2047 ns are counted one by one, longer
/// ones in buckets of which each power of two has 1024, so that a bucket is narrower than a thousandth of what is in it
/// (three significant digits). What is longer than ``longest`` is counted as that.
///
/// Recording allocates nothing. Histograms of several threads or repetitions are merged without loss.
struct Histogram: Equatable, Sendable {
  /// Bits of a duration that its bucket keeps.
  private static let keptBits = 11
  /// A power of two's buckets: its highest bit is the same in all of them.
  private static let bucketsAPower = 1 << (keptBits - 1)
  /// Bits of the longest duration: 73 minutes, longer than anything that is waited for.
  private static let longestBits = 42
  private static let bucketCount = (longestBits - keptBits + 2) * bucketsAPower

  /// The longest duration that is told apart, in nanoseconds.
  static let longest: UInt64 = 1 << longestBits - 1

  private var buckets = [UInt64](repeating: 0, count: bucketCount)
  /// Durations recorded.
  private(set) var count: UInt64 = 0
  /// Exact, as long as it is no longer than ``longest``; 0 when nothing was recorded.
  private(set) var max: UInt64 = 0
  private var leastRecorded = UInt64.max
  private var sum = 0.0

  /// Nothing is recorded yet.
  init() {}

  /// Exact; 0 when nothing was recorded.
  var min: UInt64 { count == 0 ? 0 : leastRecorded }

  /// Nanoseconds; 0 when nothing was recorded. Not subject to the width of the buckets.
  var mean: Double { count == 0 ? 0 : sum / Double(count) }

  /// Counts a duration in nanoseconds.
  ///
  /// - Parameter times: how often it was seen.
  mutating func record(_ nanoseconds: UInt64, times: UInt64 = 1) {
    guard times > 0 else { return }
    let duration = Swift.min(nanoseconds, Self.longest)
    buckets[Self.bucket(of: duration)] += times
    count += times
    sum += Double(duration) * Double(times)
    max = Swift.max(max, duration)
    leastRecorded = Swift.min(leastRecorded, duration)
  }

  /// Counts what the other one counted.
  mutating func merge(_ other: Histogram) {
    guard other.count > 0 else { return }
    for index in buckets.indices { buckets[index] += other.buckets[index] }
    count += other.count
    sum += other.sum
    max = Swift.max(max, other.max)
    leastRecorded = Swift.min(leastRecorded, other.leastRecorded)
  }

  /// The duration that `percent` of those recorded do not exceed, in nanoseconds; 0 when nothing was recorded.
  ///
  /// It is never less than the exact one, and more by less than a thousandth of it.
  ///
  /// - Parameter percent: 0 to 100; 0 is the least, 100 the longest duration.
  func percentile(_ percent: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    guard percent > 0 else { return leastRecorded }
    // The rank counts from 1. A rounding error of the product must not make it the next one's.
    let exact = percent / 100 * Double(count)
    let rank = UInt64(Swift.min(Swift.max((exact - exact * 1e-12).rounded(.up), 1), Double(count)))
    var seen: UInt64 = 0
    for (index, bucket) in buckets.enumerated() {
      seen += bucket
      if seen >= rank { return Swift.min(Self.last(of: index), max) }
    }
    return max
  }

  /// Buckets that are not empty, in order: the longest duration that belongs to each, and how many were recorded.
  var counted: [(nanoseconds: UInt64, count: UInt64)] {
    buckets.enumerated().filter { $1 > 0 }.map { (Self.last(of: $0), $1) }
  }

  /// What another histogram told of itself; nil where that contradicts itself, or counts more than can be added up.
  init?(counted: [(nanoseconds: UInt64, count: UInt64)], min: UInt64, max: UInt64, mean: Double) {
    for (nanoseconds, times) in counted {
      guard nanoseconds <= Self.longest, times <= Self.mostRestored - count else { return nil }
      record(nanoseconds, times: times)
    }
    if count == 0 { return }
    guard let first = buckets.firstIndex(where: { $0 > 0 }), let last = buckets.lastIndex(where: { $0 > 0 }),
      max <= Self.longest, Self.bucket(of: min) == first, Self.bucket(of: max) == last,
      min <= max, mean >= Double(min), mean <= Double(max)
    else { return nil }
    leastRecorded = min
    self.max = max
    sum = mean * Double(count)
  }

  /// More than any run records, and few enough that thousands of runs can be merged.
  private static let mostRestored: UInt64 = 1 << 48

  /// The bucket that a duration of at most ``longest`` belongs to.
  private static func bucket(of duration: UInt64) -> Int {
    let bits = UInt64.bitWidth - duration.leadingZeroBitCount
    let dropped = Swift.max(bits - keptBits, 0)
    return dropped * bucketsAPower + Int(duration >> UInt64(dropped))
  }

  /// The longest duration that belongs to a bucket.
  private static func last(of bucket: Int) -> UInt64 {
    let dropped = Swift.max(bucket / bucketsAPower - 1, 0)
    let kept = UInt64(bucket - dropped * bucketsAPower)
    return (kept + 1) << UInt64(dropped) - 1
  }
}
