public import Journal

/// When snapshots are taken, what of the log is kept, how what lies on the disk is verified.
public struct KeepingSettings: Sendable {
  /// How much of the log is kept beyond what a start needs.
  public enum Retention: Equatable, Sendable {
    /// All of it: it is the audit trail.
    case everything
    /// Events that are not older than this, in microseconds.
    case time(Int64)
    /// So many of the newest events.
    case revisions(UInt64)
  }

  /// Bytes of log behind the newest snapshot that make another one due.
  public var snapshotBytes = 256 << 20
  /// How long a start may take to replay what is behind the newest snapshot, in nanoseconds: whatever comes first.
  public var replayBudget: UInt64 = 2_000_000_000
  public var retention = Retention.everything
  /// Where sealed segments are handed over before they are let go; nil for nowhere.
  public var archive: String?
  /// Bytes that the scrubber reads in a second; 0 for none.
  public var scrubRate = 8 << 20

  public init() {}
}

/// What the keeper did and found: each is worth a line in the server's log.
public enum KeepingEvent: Sendable {
  case snapshotTaken(SnapshotStatus, nanoseconds: UInt64)
  /// There is no snapshot more than before; it is tried again.
  case snapshotFailed(JournalError)
  /// A segment is in the archive.
  case archived(SealedSegment)
  /// Segments up to that revision are no longer kept.
  case letGo(throughRevision: UInt64, segments: Int)
  /// Handing over or letting go failed; it is tried again.
  case retentionFailed(JournalError)
  /// What lies on the disk is not what was written.
  case scrubFound(JournalError)
}

/// When a snapshot is due.
struct SnapshotSchedule {
  /// Bytes a second that a start is taken to replay until it was measured: half of what `bench recover` shows on a
  /// small virtual machine.
  static let assumedRate = 128 << 20
  /// Below this many bytes a measurement says little.
  static let measurableBytes = 4 << 20
  /// The share of the budget that may be used up before a snapshot is begun, in percent: the log grows meanwhile.
  private static let duePercent = 75

  var snapshotBytes: Int
  var replayBudget: UInt64
  /// Bytes a second that a start replays.
  private(set) var replayRate = assumedRate

  init(_ settings: KeepingSettings) {
    snapshotBytes = settings.snapshotBytes
    replayBudget = settings.replayBudget
  }

  /// Takes in how fast the start was.
  mutating func measure(bytes: Int, nanoseconds: UInt64) {
    guard bytes >= Self.measurableBytes, nanoseconds > 0 else { return }
    replayRate = max(1, Int(Double(bytes) * 1e9 / Double(nanoseconds)))
  }

  /// The bytes behind the newest snapshot from which on another one is due.
  var dueBytes: Int {
    let replayable = Double(replayRate) * Double(replayBudget) / 1e9
    return min(snapshotBytes, Int(min(replayable, 1e15)) / 100 * Self.duePercent)
  }
}
