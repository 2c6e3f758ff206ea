public import Journal
internal import Synchronization

// What whoever runs the server asks for: answered beside the store's turns, so that a store that is busy, or that waits
// for its disk, still tells how it is.

extension CustomerStore {
  /// How the journal is. Any thread; never waits for the disk.
  public nonisolated var journalStatus: JournalStatus {
    var status = journal.status
    status.scrub = scrubber.status
    return status
  }

  /// Has `body` called when damage is found on the disk: once for each finding, from a thread that may not be held up;
  /// at once when there is one already.
  public nonisolated func observeDamage(_ body: @escaping @Sendable () -> Void) { scrubber.observe(body) }

  /// How long a start would take to load the newest snapshot and to replay what is behind it, in seconds, about.
  public nonisolated func recoveryEstimate(_ status: JournalStatus) -> Double {
    let bytes = status.bytesSinceSnapshot + (status.snapshots.last?.bytes ?? 0)
    return Double(bytes) / Double(keeper.schedule.replayRate)
  }

  /// How many customers there were at the end of the last turn that changed something. Any thread.
  public nonisolated var publishedCustomerCount: Int { publishedCustomers.load(ordering: .relaxed) }

  /// Begins a backup of everything that is durable now. Waits for the disk: call it from a worker's thread.
  public nonisolated func beginBackup() throws(BackupError) -> Backup { try journal.beginBackup() }

  /// Goes on with a backup that was begun earlier; see `Journal.resumeBackup`. Waits for the disk: call it from a
  /// worker's thread.
  public nonisolated func resumeBackup(
    _ plan: BackupPlan,
    from position: BackupPosition
  ) throws(BackupError) -> Backup {
    try journal.resumeBackup(plan, from: position)
  }
}
