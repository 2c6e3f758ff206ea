/// What of a load counts, and what came of it.
///
/// In a closed loop for a time, that is what ends within the window: the lanes are busy all along, and what was begun
/// before the window makes up for what ends behind it. In an open loop, and where the number of things is given, it is
/// what was begun or due within the window, whenever it ends: what a stall holds back is not lost.
struct LoadTally: Sendable {
  /// In nanoseconds; empty as long as nothing counts.
  var window: Range<UInt64> = 0..<0
  let countsByBegin: Bool
  private(set) var latency = Histogram()
  private(set) var failures = FailureCounts()
  /// When the last thing that counts has ended; 0 before.
  private(set) var lastEnd: UInt64 = 0
  /// How long after their departure calls that count were sent although a lane was free, in an open loop: the driver's
  /// own fault, or that of who had the processors instead.
  private(set) var lateness = Histogram()
  /// Calls that count and were due while every lane waited for an answer, in an open loop.
  private(set) var queued: UInt64 = 0
  /// When no lane was free last, in nanoseconds.
  private var starved: UInt64 = 0

  init(countsByBegin: Bool) {
    self.countsByBegin = countsByBegin
  }

  /// Things that count, the failed ones included.
  var ended: UInt64 { latency.count + failures.total }

  func counts(begun: UInt64, ended: UInt64) -> Bool {
    window.contains(countsByBegin ? begun : ended)
  }

  mutating func succeed(begun: UInt64, ended: UInt64) {
    guard counts(begun: begun, ended: ended) else { return }
    latency.record(ended > begun ? ended &- begun : 0)
    lastEnd = max(lastEnd, ended)
  }

  /// - Parameter status: encoded.
  mutating func fail(begun: UInt64, ended: UInt64, status: UnsafeRawBufferPointer) {
    guard counts(begun: begun, ended: ended) else { return }
    failures.count(status: status)
    lastEnd = max(lastEnd, ended)
  }

  mutating func fail(begun: UInt64, ended: UInt64, _ reason: String) {
    guard counts(begun: begun, ended: ended) else { return }
    failures.count(reason)
  }

  /// Ends the window early.
  mutating func cut(at now: UInt64) {
    window = min(window.lowerBound, now)..<min(window.upperBound, now)
  }

  /// From the beginning of the window to its end, or to the last end of what counts, in nanoseconds.
  ///
  /// - Parameter now: when everything has ended.
  func nanoseconds(_ now: UInt64) -> UInt64 {
    let end = window.upperBound > now ? lastEnd : countsByBegin ? max(window.upperBound, lastEnd) : window.upperBound
    return end > window.lowerBound ? end &- window.lowerBound : 0
  }

  /// A call of an open loop is sent, which was to leave at its departure, when it was due or soon after.
  mutating func send(due: UInt64, departure: UInt64, at now: UInt64) {
    guard window.contains(due) else { return }
    if due <= starved {
      queued += 1
    } else {
      lateness.record(now > departure ? now &- departure : 0)
    }
  }

  /// No lane is free.
  mutating func starve(_ now: UInt64) {
    starved = now
  }
}
