internal import Synchronization
internal import System

/// How a journal is: what whoever runs the server wants to see of it.
public struct JournalStatus: Equatable, Sendable {
  public var storeID: StoreID
  /// Events up to here are on the disk.
  public var durableRevision: UInt64
  /// Events up to here were appended.
  public var appendedRevision: UInt64
  /// The last block that is on the disk, and the chain value behind it.
  public var sequence: UInt64
  public var chain: UInt64
  /// The first revision that can be read.
  public var oldestRevision: UInt64
  public var segments: Int
  /// Of the segments, as far as blocks are in them.
  public var bytes: Int
  /// What a start would replay behind the newest snapshot; all of the log where there is none.
  public var bytesSinceSnapshot: Int
  public var eventsSinceSnapshot: UInt64
  /// Bytes that were appended and are not on the disk yet.
  public var waitingBytes: Int
  /// Oldest first.
  public var snapshots: [SnapshotStatus]
  public var flushes: FlushFigures
  /// Of the last minute, about.
  public var recentFlushes: FlushFigures
  /// Flushes that took longer than a second.
  public var slowFlushes: UInt64
  /// What opening the journal found, and how long it took.
  public var recovery: RecoveryReport
  public var recoveryMicroseconds: UInt64
  public var refusal: WriteRefusal?
  /// nil where nothing is re-read in the background.
  public var scrub: ScrubStatus?
}

/// Why whoever appends should take no more at present.
public struct WriteRefusal: Equatable, Sendable {
  public enum Reason: Sendable {
    /// The disk has no room for the next segment.
    case diskFull
    /// More waits than ``JournalOptions/gatheringBound``.
    case overloaded
  }

  public var reason: Reason
  /// In microseconds since the Unix epoch.
  public var since: Int64
}

/// A snapshot that counts.
public struct SnapshotStatus: Equatable, Sendable {
  /// What it is true of.
  public var revision: UInt64
  public var bytes: Int
  /// In microseconds since the Unix epoch.
  public var madeAt: Int64
  /// Its name in the data directory.
  public var file: String

  public init(revision: UInt64, bytes: Int, madeAt: Int64, file: String) {
    self.revision = revision
    self.bytes = bytes
    self.madeAt = madeAt
    self.file = file
  }
}

/// How far the re-reading of sealed segments and snapshots is, and what it has found.
public struct ScrubStatus: Equatable, Sendable {
  public struct Finding: Equatable, Sendable {
    public var file: String
    public var offset: Int
    public var problem: String
    /// In microseconds since the Unix epoch.
    public var at: Int64

    public init(file: String, offset: Int, problem: String, at: Int64) {
      self.file = file
      self.offset = offset
      self.problem = problem
      self.at = at
    }
  }

  /// The file that is being read, and how far.
  public var file = ""
  public var offset = 0
  /// How often everything was read through.
  public var passes: UInt64 = 0
  /// When the last pass ended, in microseconds since the Unix epoch.
  public var passEndedAt: Int64?
  /// Oldest first.
  public var findings: [Finding] = []

  public init() {}
}

extension Journal {
  /// Any thread; never waits for the disk.
  public var status: JournalStatus {
    let segments = index.segments
    let head = index.end.head
    let (report, microseconds) = recovery.withLock { $0 }
    let now = MonotonicClock.now()
    let flushes = flushes.statistics
    let snapshots = snapshots
    let eventsSinceSnapshot = head.revision - min(head.revision, snapshots.last?.revision ?? 0)
    return JournalStatus(
      storeID: storeID, durableRevision: head.revision, appendedRevision: appended.revision, sequence: head.sequence,
      chain: head.chain, oldestRevision: oldestRevision, segments: segments.count,
      bytes: segments.reduce(0) { $0 + $1.end },
      bytesSinceSnapshot: bytesBehindSnapshot, eventsSinceSnapshot: eventsSinceSnapshot,
      waitingBytes: gatheredBytes, snapshots: snapshots, flushes: flushes.lifeFigures,
      recentFlushes: flushes.recentFigures(now: now), slowFlushes: flushes.slow, recovery: report,
      recoveryMicroseconds: microseconds, refusal: refusal, scrub: nil)
  }
}
