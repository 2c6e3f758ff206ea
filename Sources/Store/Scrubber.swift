internal import Journal
internal import Synchronization
internal import System

/// Has what lies on the disk read again in the background, at a bounded rate, on a thread of its own. What it finds is
/// told and kept, and never acted on.
final class Scrubber: Sendable {
  /// How long to rest between two passes, in nanoseconds: a small store is gone over several times a minute, and costs
  /// nothing that shows.
  private static let passInterval: UInt64 = 20_000_000_000
  private struct State {
    var status = ScrubStatus()
    var onFinding: (@Sendable () -> Void)?
    var isStopping = false
  }

  /// Bytes a second.
  private let rate: Int
  private let observer: @Sendable (KeepingEvent) -> Void
  private let state = Monitor(State())
  private let thread = Mutex<Thread?>(nil)

  init(_ settings: StoreSettings) {
    rate = settings.keeping.scrubRate
    observer = settings.observer
  }

  func start(_ journal: Journal) throws(SystemError) {
    guard rate > 0 else { return }
    try thread.withLock { (thread) throws(SystemError) in
      thread = try Thread(name: "gh-scrub") { [self] in run(journal) }
    }
  }

  /// Ends the reading, and waits for that.
  func stop() {
    state.withLock { $0.isStopping = true }
    state.broadcast()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    thread.join()
  }

  /// What was done and found; nil when nothing is read again.
  var status: ScrubStatus? { rate > 0 ? state.withLock { $0.status } : nil }

  func observe(_ body: @escaping @Sendable () -> Void) {
    let hasFindings = state.withLock { state in
      state.onFinding = body
      return !state.status.findings.isEmpty
    }
    if hasFindings { body() }
  }

  // MARK: The thread

  private func run(_ journal: Journal) {
    let scrub = LogScrub(journal)
    // The rest is what reading so much at the rate takes, less the time that it took: a second's worth at most is
    // caught up on.
    var due = MonotonicClock.now()
    while true {
      let step = scrub.step()
      note(step, scrub)
      let now = MonotonicClock.now()
      switch step {
      case .read(let bytes): due = max(due, now &- 1_000_000_000) + UInt64(bytes) * 1_000_000_000 / UInt64(rate)
      case .found: continue
      case .passed: due = now + Self.passInterval
      }
      guard rest(until: due, now: now) else { return }
    }
  }

  /// - Returns: false when it is to stop.
  private func rest(until due: UInt64, now: UInt64) -> Bool {
    guard due > now else { return !state.withLock { $0.isStopping } }
    return state.wait(deadline: due) { $0.isStopping ? true : nil } == nil
  }

  private func note(_ step: LogScrub.Step, _ scrub: LogScrub) {
    let isNew = state.withLock { state in
      state.status.file = scrub.file
      state.status.offset = scrub.offset
      switch step {
      case .read: return false
      case .passed:
        state.status.passes += 1
        state.status.passEndedAt = WallClock.now()
        return false
      case .found(let error): return state.status.add(error)
      }
    }
    guard isNew, case .found(let error) = step else { return }
    observer(.scrubFound(error))
    state.withLock { $0.onFinding }?()
  }
}

extension ScrubStatus {
  /// Findings that are kept: past this many the disk is not what it was taken for, and more of them tell nothing new.
  private static let keptFindings = 100

  /// - Returns: whether it was not known yet.
  fileprivate mutating func add(_ error: JournalError) -> Bool {
    let finding = Finding(
      file: error.path, offset: error.offset ?? 0, problem: error.detail, at: WallClock.now())
    guard !findings.contains(where: { $0.file == finding.file && $0.offset == finding.offset }) else { return false }
    guard findings.count < Self.keptFindings else { return false }
    findings.append(finding)
    return true
  }
}
