internal import System

/// How a journal is kept. What is not set has the value that a server wants.
public struct JournalOptions: Sendable {
  /// Bytes of a segment, once the log is long enough.
  public static let defaultSegmentBytes = 64 << 20
  /// Bytes of the first segment: made in a few milliseconds, so that an empty store starts at once.
  public static let defaultFirstSegmentBytes = 2 << 20
  /// The longest record, in bytes: it and the headers fit the smallest segment.
  public static let maximumRecordBytes = 1 << 20
  /// Bytes that may wait to be written before callers should refuse more: four full blocks. Nothing breaks beyond; it
  /// bounds how long a caller waits for a slow disk, and the memory that takes.
  public static let gatheringBound = 32 << 20

  /// Bytes of a segment, once the log is long enough: each is about as long as the log before it, up to this.
  public var segmentBytes = defaultSegmentBytes
  /// Bytes of the first segment. Both are multiples of 4096.
  public var firstSegmentBytes = defaultFirstSegmentBytes
  /// The id of the store, when the directory is new; random unless set.
  public var storeID: StoreID?
  /// What the log of a new directory goes on behind: a copy of one that had let its beginning go. A snapshot must
  /// follow.
  var baseRevision: UInt64 = 0
  /// Called once, from any thread, when the disk fails. From then on nothing becomes durable, nothing is tried again,
  /// and nobody is told that it did. The process ought to end, as it does unless this is set: with exit code 5.
  public var onFailure: @Sendable (JournalError) -> Void = { error in
    StandardStream.error.write("gatehouse: the journal's disk failed, nothing more can be made durable: \(error)\n")
    CurrentProcess.exitAtOnce(JournalOptions.failureExitCode)
  }

  /// Called when a flush takes more than a second, while it still does: at most every ten seconds, from any thread.
  public var onSlowFlush: @Sendable (SlowFlush) -> Void = { _ in }
  /// The time that flushes are measured with, in nanoseconds.
  package var now: @Sendable () -> UInt64 = { MonotonicClock.now() }

  /// What the process ends with when the disk fails.
  public static let failureExitCode: Int32 = 5

  public init() {}
}
