public import Journal
internal import Synchronization

// What whoever runs the server asks for: answered beside the store's turns, so that a store that is busy, or that waits
// for its disk, still tells how it is.

extension CustomerStore {
  /// How the journal is. Any thread; never waits for the disk.
  public nonisolated var journalStatus: JournalStatus { journal.status }

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
