internal import Journal

/// What a keeper does beside the log: snapshots, and old segments that are let go.
extension Workload {
  /// Takes a snapshot of all that was appended so far, whether it is durable yet or not.
  func takeSnapshot() {
    guard let journal else { return }
    let mark = journal.mark()
    let known = records
    while failure == nil, journal.flush() {}
    guard failure == nil, mark.position <= journal.durable, case .ready = journal.use(of: mark) else { return }
    do throws(JournalError) {
      let draft = try journal.begin(mark)
      do throws(JournalError) {
        // Others go on while it is written.
        append(events: 1, bytes: 20)
        for start in stride(from: 0, to: known.count, by: Self.digestsPerChunk) {
          let digests = known[start..<min(known.count, start + Self.digestsPerChunk)]
          let result = digests.flatMap(\.bytes).withUnsafeBytes { bytes in
            Result { () throws(JournalError) in try draft.append(bytes) }
          }
          try result.get()
        }
        _ = try journal.complete(draft)
      } catch {
        draft.abandon()
        throw error
      }
    } catch {
      object(to: error)
    }
  }

  private static let digestsPerChunk = 40

  /// Lets go of some of the segments that no start needs.
  func letGo(_ random: inout SplitMix) {
    guard let journal, let last = journal.dispensableSegments.prefix(1 + random.below(3)).last else { return }
    do {
      try journal.letGo(through: last)
    } catch {
      object(to: error)
    }
  }

  /// A snapshot may fail like any file; only what is on the disk against the rules is a fault of the journal.
  private func object(to error: JournalError) {
    guard error.kind != .disk, error.kind != .noSpace else { return }
    // A disk that lies about a snapshot is found out by reading it back.
    if disk.fault == nil { objection = objection ?? "keeping: \(error)" }
  }
}
