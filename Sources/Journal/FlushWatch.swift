internal import Synchronization
internal import System

/// A flush that takes too long: worth a warning.
public struct SlowFlush: Equatable, Sendable {
  /// How long it took, or has been going on, in nanoseconds.
  public var nanoseconds: UInt64
  /// Whether it came to an end.
  public var isOver: Bool
  /// Bytes that wait to become durable, those of the flush among them.
  public var waitingBytes: Int
  /// How many flushes have been slow since the journal was opened, this one among them.
  public var slowFlushes: UInt64
}

/// Which flush is going on, since when, and what was warned of. A value; the time is the caller's.
struct FlushWatch {
  /// From here on a flush is slow, in nanoseconds: a healthy disk takes a thousandth of that.
  static let slow = FlushStatistics.slowMicroseconds * 1000
  /// How long to be silent behind a warning, in nanoseconds.
  static let silence: UInt64 = 10_000_000_000

  /// When the present flush began; nil when there is none.
  private var begunAt: UInt64?
  private var warnedAt: UInt64?
  private var slowFlushes: UInt64 = 0
  /// Whether the present flush is counted among the slow ones.
  private var isCounted = false
  /// Whether whoever watches sleeps until a flush begins.
  private(set) var isIdle = false
  private(set) var isStopping = false

  /// - Returns: whether whoever watches is to be woken.
  mutating func begin(now: UInt64) -> Bool {
    begunAt = now
    isCounted = false
    defer { isIdle = false }
    return isIdle
  }

  /// - Returns: how slow the flush was, if that is to be told.
  mutating func end(now: UInt64) -> SlowFlush? {
    defer { begunAt = nil }
    return warning(now: now, isOver: true)
  }

  /// Looks at the flush that is going on.
  mutating func check(now: UInt64) -> SlowFlush? { warning(now: now, isOver: false) }

  private mutating func warning(now: UInt64, isOver: Bool) -> SlowFlush? {
    guard let begunAt, now >= begunAt, now - begunAt >= Self.slow else { return nil }
    if !isCounted { slowFlushes += 1 }
    isCounted = true
    if let warnedAt, now - warnedAt < Self.silence { return nil }
    warnedAt = now
    return SlowFlush(nanoseconds: now - begunAt, isOver: isOver, waitingBytes: 0, slowFlushes: slowFlushes)
  }

  enum Step {
    /// Look again at that time.
    case check(at: UInt64)
    case stop
  }

  /// What whoever watches is to do; nil when it is to sleep until a flush begins.
  mutating func nextStep(now: UInt64) -> Step? {
    if isStopping { return .stop }
    guard let begunAt else {
      isIdle = true
      return nil
    }
    let due = max(begunAt + Self.slow, warnedAt.map { $0 + Self.silence } ?? 0)
    return .check(at: max(due, now + 1))
  }

  mutating func stop() { isStopping = true }
}

/// Warns of a flush that takes too long while it still does: a disk that hangs never comes to the end of it.
final class FlushWatchdog: Sendable {
  private let watch = Monitor(FlushWatch())
  private let now: @Sendable () -> UInt64
  private let warn: @Sendable (SlowFlush) -> Void
  /// What waits to become durable, those of the present flush included: kept by the journal.
  let waitingBytes = Atomic<Int>(0)

  init(now: @escaping @Sendable () -> UInt64, warn: @escaping @Sendable (SlowFlush) -> Void) {
    self.now = now
    self.warn = warn
  }

  /// Runs a call that ends when something is on the disk.
  func watching(_ flush: () throws(JournalError) -> Void) throws(JournalError) {
    if watch.withLock({ $0.begin(now: now()) }) { watch.signal() }
    defer { tell(watch.withLock { $0.end(now: now()) }) }
    try flush()
  }

  /// Looks at what is going on, and warns if that is due.
  func check() {
    tell(watch.withLock { $0.check(now: now()) })
  }

  private func tell(_ slow: SlowFlush?) {
    guard var slow else { return }
    slow.waitingBytes = waitingBytes.load(ordering: .relaxed)
    warn(slow)
  }

  /// What a thread does, until ``stop()``.
  func attend() {
    while true {
      switch watch.wait(until: { $0.nextStep(now: now()) }) {
      case .stop: return
      case .check(let time):
        _ = watch.wait(deadline: time) { $0.isStopping ? true : nil }
        check()
      }
    }
  }

  func stop() {
    watch.withLock { $0.stop() }
    watch.broadcast()
  }
}
