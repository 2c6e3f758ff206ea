internal import Journal
internal import Synchronization
internal import System

/// Keeps the store's directory in order beside the traffic, on a thread of its own: takes snapshots when they are due
/// or asked for, hands sealed segments over to the archive, lets go of what need not be kept.
final class StoreKeeper: Sendable {
  typealias Answer = @Sendable (Result<SnapshotStatus, JournalError>) -> Void

  private struct Duties {
    /// Whether there may be something to do.
    var isDue = true
    /// Who asked for a snapshot. Bounded by the calls that are open.
    var asking: [Answer] = []
    var isStopping = false
  }

  /// How long to wait after a failure before trying again, in nanoseconds.
  private static let retryDelay: UInt64 = 10_000_000_000

  private let settings: KeepingSettings
  private let observer: @Sendable (KeepingEvent) -> Void
  private let retention: RetentionRule
  private let duties = Monitor(Duties())
  let schedule: SnapshotSchedule
  private let segment = Atomic<UInt64>(0)
  private let thread = Mutex<Thread?>(nil)

  init(_ settings: StoreSettings, schedule: SnapshotSchedule) {
    self.settings = settings.keeping
    self.schedule = schedule
    observer = settings.observer
    retention = RetentionRule(settings)
  }

  func start(_ store: CustomerStore) throws(SystemError) {
    try thread.withLock { (thread) throws(SystemError) in
      thread = try Thread(name: "gh-keeper") { [self] in run(store) }
    }
  }

  /// Ends what is being done at the next possible moment. To be called before the journal is closed.
  ///
  /// - Parameter waiting: whether to wait for that: not when the disk has failed, for which it might wait for good.
  func stop(waiting: Bool) {
    duties.withLock { $0.isStopping = true }
    duties.broadcast()
    guard let thread = thread.withLock({ $0.take() }) else { return }
    if waiting { thread.join() } else { thread.detach() }
  }

  /// Has a snapshot taken now, and tells of it.
  func takeSnapshot(_ answer: @escaping Answer) {
    duties.withLock { $0.asking.append(answer) }
    duties.signal()
  }

  /// More of the log is durable. Called behind each flush: it costs next to nothing unless there is something to do.
  func logDidGrow(_ journal: Journal) {
    let present = journal.activeSegment
    let hasRotated = segment.exchange(present, ordering: .relaxed) != present
    guard hasRotated || journal.bytesBehindSnapshot >= schedule.dueBytes else { return }
    let wasDue = duties.withLock { duties in
      defer { duties.isDue = true }
      return duties.isDue
    }
    if !wasDue { duties.signal() }
  }

  // MARK: The thread

  private enum Duty {
    case lookAround
    case snapshot([Answer])
    case stop
  }

  private var goesOn: Bool { duties.withLock { !$0.isStopping } }

  private func run(_ store: CustomerStore) {
    var failedAt: UInt64?
    while true {
      let duty = next(retryingFrom: failedAt)
      failedAt = nil
      switch duty {
      case .stop: return answerRest()
      case .snapshot(let asking):
        let result = snapshot(store)
        for answer in asking { answer(result) }
        if !tidy(store.journal) { failedAt = MonotonicClock.now() }
      case .lookAround:
        let isSnapshotDue = store.journal.bytesBehindSnapshot >= schedule.dueBytes
        if isSnapshotDue, case .failure = snapshot(store) { failedAt = MonotonicClock.now() }
        if !tidy(store.journal) { failedAt = MonotonicClock.now() }
      }
    }
  }

  private func next(retryingFrom failedAt: UInt64?) -> Duty {
    let choose = { (duties: inout Duties) -> Duty? in
      if duties.isStopping { return .stop }
      if !duties.asking.isEmpty {
        defer { duties.asking = [] }
        return .snapshot(duties.asking)
      }
      // After a failure it waits, whatever the log does.
      guard duties.isDue, failedAt == nil else { return nil }
      duties.isDue = false
      return .lookAround
    }
    guard let failedAt else { return duties.wait(until: choose) }
    return duties.wait(deadline: failedAt + Self.retryDelay, until: choose) ?? .lookAround
  }

  private func answerRest() {
    let asking = duties.withLock { duties in
      defer { duties.asking = [] }
      return duties.asking
    }
    for answer in asking { answer(.failure(Self.stopping)) }
  }

  private static let stopping = JournalError(.inUse, path: "", "the server is about to stop")

  private func snapshot(_ store: CustomerStore) -> Result<SnapshotStatus, JournalError> {
    let began = MonotonicClock.now()
    do throws(JournalError) {
      guard let snapshot = try SnapshotTaking(store: store).take(while: { goesOn }) else {
        return .failure(Self.stopping)
      }
      observer(.snapshotTaken(snapshot, nanoseconds: MonotonicClock.now() - began))
      return .success(snapshot)
    } catch {
      observer(.snapshotFailed(error))
      return .failure(error)
    }
  }

  // MARK: Old segments

  /// Hands over what was sealed, lets go of what may go.
  ///
  /// - Returns: false when it failed.
  private func tidy(_ journal: Journal) -> Bool {
    do throws(JournalError) {
      try handOver(journal)
      try letGo(journal)
      return true
    } catch {
      observer(.retentionFailed(error))
      return false
    }
  }

  private func handOver(_ journal: Journal) throws(JournalError) {
    guard let archive = settings.archive else { return }
    for segment in journal.sealedSegments where goesOn {
      if try journal.archive(segment, into: archive) { observer(.archived(segment)) }
    }
  }

  private func letGo(_ journal: Journal) throws(JournalError) {
    let gone = try retention.dispensable(journal)
    guard let last = gone.last else { return }
    try journal.letGo(through: last)
    observer(.letGo(throughRevision: last.lastRevision, segments: gone.count))
  }
}
