/// How often something may happen: a bucket of tokens that fills evenly, as a value without a clock.
///
/// The bucket is one number, the time at which it will be full again (what the literature calls the theoretical arrival
/// time): so it needs no timer, and whoever shares it needs no lock.
struct CallRate: Equatable, Sendable {
  /// Nanoseconds in which one more fits in.
  let interval: UInt64
  /// Nanoseconds in which an empty bucket fills.
  let span: UInt64

  /// - Parameters:
  ///   - count: how many may happen within `span`, at once or spread; at least 1.
  ///   - span: in nanoseconds, at least `count`.
  init(_ count: UInt64, in span: UInt64) {
    precondition(count >= 1 && span >= count)
    interval = span / count
    self.span = interval * count
  }

  /// How long until one more may happen, in nanoseconds: 0 when it may now.
  ///
  /// - Parameters:
  ///   - fullAt: when the bucket is full again; any time that has passed when it is full.
  ///   - now: in nanoseconds of the same clock.
  func wait(fullAt: UInt64, now: UInt64) -> UInt64 {
    // Room for one is there while the bucket lacks less than all but one.
    let (latest, overflow) = now.addingReportingOverflow(span - interval)
    return overflow || fullAt <= latest ? 0 : fullAt - latest
  }

  /// When the bucket is full again after one more has happened.
  func taking(fullAt: UInt64, now: UInt64) -> UInt64 {
    let (next, overflow) = max(fullAt, now).addingReportingOverflow(interval)
    return overflow ? .max : next
  }
}
