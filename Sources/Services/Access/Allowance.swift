internal import RPC
internal import Synchronization

/// What a principal has used of its ``PrincipalLimits``. Any thread; takes no lock, and costs nothing where there is no
/// limit.
final class Allowance: Sendable {
  private static let second: UInt64 = 1_000_000_000

  private let limits: PrincipalLimits
  private let calls: Bucket?
  private let mismatches: Bucket?
  private let streams = Atomic<UInt64>(0)

  init(_ limits: PrincipalLimits) {
    self.limits = limits
    calls = limits.callsASecond.map { Bucket(CallRate($0, in: Self.second)) }
    mismatches = limits.mismatchesAnHour.map { Bucket(CallRate($0, in: 3600 * Self.second)) }
  }

  /// Whether calls are counted, so that there is need to know the time.
  var countsCalls: Bool { calls != nil }

  /// Counts a call; a refused one does not count.
  ///
  /// - Parameter now: in nanoseconds of the monotonic clock.
  func takeCall(now: UInt64) throws(Status) {
    guard let calls else { return }
    let wait = calls.take(now: now)
    if wait > 0 { throw .rateLimited(limits.callsASecond ?? 0, waitNanoseconds: wait) }
  }

  // MARK: - Signatures

  /// Refuses a signature unseen when there were too many wrong ones.
  ///
  /// - Parameter now: in nanoseconds of the monotonic clock.
  func requireMismatchLeft(now: @autoclosure () -> UInt64) throws(Status) {
    guard let mismatches else { return }
    let wait = mismatches.wait(now: now())
    if wait > 0 { throw .tooManyMismatches(limits.mismatchesAnHour ?? 0, waitNanoseconds: wait) }
  }

  /// Counts a wrong signature. Several may be looked at while the last one that is allowed is: they count, too, and
  /// make the wait longer.
  func noteMismatch(now: @autoclosure () -> UInt64) {
    mismatches?.add(now: now())
  }

  // MARK: - Streams

  /// A streaming call that is open; given back when its last reference goes.
  final class Stream: Sendable {
    private let allowance: Allowance

    fileprivate init(of allowance: Allowance) {
      self.allowance = allowance
    }

    deinit { allowance.streams.subtract(1, ordering: .relaxed) }
  }

  /// Counts a streaming call that is about to be opened.
  ///
  /// - Returns: nil where streams are not counted.
  func openStream() throws(Status) -> Stream? {
    guard let limit = limits.streams else { return nil }
    let stream = Stream(of: self)
    // Counted first, so that of several at once none comes in beyond the limit; the stream counts itself out again.
    guard streams.add(1, ordering: .relaxed).newValue <= limit else { throw .tooManyPrincipalStreams(limit) }
    return stream
  }
}

/// A ``CallRate``'s bucket, shared between threads.
private final class Bucket: Sendable {
  private let rate: CallRate
  private let fullAt = Atomic<UInt64>(0)

  init(_ rate: CallRate) {
    self.rate = rate
  }

  func wait(now: UInt64) -> UInt64 { rate.wait(fullAt: fullAt.load(ordering: .relaxed), now: now) }

  /// - Returns: how long to wait, in nanoseconds; 0 when it was taken.
  func take(now: UInt64) -> UInt64 {
    var before = fullAt.load(ordering: .relaxed)
    while true {
      let wait = rate.wait(fullAt: before, now: now)
      if wait > 0 { return wait }
      let (exchanged, original) = fullAt.compareExchange(
        expected: before, desired: rate.taking(fullAt: before, now: now), ordering: .relaxed)
      if exchanged { return 0 }
      before = original
    }
  }

  /// Takes one whether it is there or not.
  func add(now: UInt64) {
    var before = fullAt.load(ordering: .relaxed)
    while true {
      let (exchanged, original) = fullAt.compareExchange(
        expected: before, desired: rate.taking(fullAt: before, now: now), ordering: .relaxed)
      if exchanged { return }
      before = original
    }
  }
}
