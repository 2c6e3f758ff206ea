internal import Journal
internal import Lifecycle
internal import System

/// What of the log may be let go.
struct RetentionRule: Sendable {
  let retention: KeepingSettings.Retention
  /// How long an answer is remembered, in microseconds: it is rendered from the log, so the log reaches back so far.
  let idempotencyWindow: Int64

  init(retention: KeepingSettings.Retention, idempotencyWindow: Int64) {
    self.retention = retention
    self.idempotencyWindow = idempotencyWindow
  }

  init(_ settings: StoreSettings) {
    self.init(retention: settings.keeping.retention, idempotencyWindow: settings.idempotencyWindow)
  }

  /// The oldest segments that no start needs and nobody is to read any more.
  func dispensable(_ journal: Journal) throws(JournalError) -> [SealedSegment] {
    guard retention != .everything else { return [] }
    let now = Timestamp(microseconds: WallClock.now())
    var gone: [SealedSegment] = []
    for segment in journal.dispensableSegments {
      guard let newest = try time(of: segment.lastRevision, journal) else { break }
      guard isDispensable(through: segment.lastRevision, newest: newest, now: now, revision: journal.durableRevision)
      else { break }
      gone.append(segment)
    }
    return gone
  }

  /// Whether the log may be let go up to one revision.
  ///
  /// - Parameters:
  ///   - newest: the time of that revision's event.
  ///   - revision: the newest of the log.
  func isDispensable(through last: UInt64, newest: Timestamp, now: Timestamp, revision: UInt64) -> Bool {
    guard newest.advanced(byMicroseconds: idempotencyWindow) < now else { return false }
    return switch retention {
    case .everything: false
    case .time(let span): newest.advanced(byMicroseconds: span) < now
    case .revisions(let count): count <= revision && last <= revision - count
    }
  }

  private func time(of revision: UInt64, _ journal: Journal) throws(JournalError) -> Timestamp? {
    guard let bytes = try journal.record(at: revision) else { return nil }
    do {
      return try JournalRecord(decoding: bytes).at
    } catch {
      throw JournalError(.refusedRecord, path: "", "record \(revision) is not understood: \(error)")
    }
  }
}
