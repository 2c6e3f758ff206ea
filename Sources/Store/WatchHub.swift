public import Journal
internal import Synchronization

/// Where watchers learn that more is durable, and where they read it: from memory while it is recent, further back from
/// the journal.
///
/// A watcher is a cursor of its own; the hub keeps nothing for it. A commit costs one wake for each listener, however
/// many watchers are behind it.
public final class WatchHub: Sendable {
  /// Somebody who asks watchers to look again: an event loop.
  public protocol Listener: AnyObject, Sendable {
    /// More is durable. Called from the journal's thread; it must not block.
    func durableDidAdvance()
  }

  private let recent: RecentRecords
  private let journal: Journal
  private let durable = Atomic<UInt64>(0)
  private let listeners = Mutex<[(listener: any Listener, count: Int)]>([])

  init(recent: RecentRecords, journal: Journal, revision: UInt64) {
    self.recent = recent
    self.journal = journal
    durable.store(revision, ordering: .releasing)
  }

  /// The newest revision that a crash cannot take back. Only events up to here are shown.
  public var durableRevision: UInt64 { durable.load(ordering: .acquiring) }

  /// The names of this history: 16 bytes.
  public var storeID: [UInt8] { journal.storeID.bytes }

  /// The same for a message: 32 hexadecimal digits.
  public var storeIDText: String { journal.storeID.description }

  /// The oldest revision that is kept.
  public var oldestRevision: UInt64 { journal.oldestRevision }

  /// The recent batch that holds the revision; nil when only the journal has it.
  public func recentBatch(holding revision: UInt64) -> RecordBatch? { recent.batch(holding: revision) }

  /// Bytes read from the journal at a time for those who are far behind.
  private static let readSize = 1 << 20

  /// Reads the records from `revision` on, about a mebibyte of them, from the journal. Blocks for the disk: call it
  /// from a worker's thread.
  public func readBatch(from revision: UInt64) throws(HistoryError) -> RecordBatch {
    let slice: LogSlice
    do throws(JournalError) {
      slice = try journal.read(after: revision - 1, maxBytes: Self.readSize)
    } catch {
      throw .journal(error)
    }
    guard let batch = RecordBatch(slice), batch.firstRevision == revision else {
      throw .compacted(oldest: oldestRevision)
    }
    return batch
  }

  /// The record of one event, from memory or from the journal. May block for the disk: call it from a worker's thread.
  public func record(at revision: UInt64) throws(HistoryError) -> JournalRecord {
    if let batch = recent.batch(holding: revision) {
      do throws(RecordError) {
        return try batch.record(at: revision)
      } catch {
        throw .unreadable("\(error)")
      }
    }
    guard let bytes = try storedBytes(at: revision) else { throw .compacted(oldest: oldestRevision) }
    do throws(RecordError) {
      return try JournalRecord(decoding: bytes)
    } catch {
      throw .unreadable("\(error)")
    }
  }

  private func storedBytes(at revision: UInt64) throws(HistoryError) -> [UInt8]? {
    do throws(JournalError) {
      return try journal.record(at: revision)
    } catch {
      throw .journal(error)
    }
  }

  /// The customer's events up to the one at `revision`, oldest first, following the customer's own chain back. May
  /// block for the disk: call it from a worker's thread.
  public func history(upTo revision: UInt64) throws(HistoryError) -> [JournalRecord] {
    var records: [JournalRecord] = []
    var next = revision
    while next != 0 {
      let record = try record(at: next)
      // Each step goes back, so that even a damaged chain ends.
      guard record.previousRevision < next else {
        throw .unreadable("record \(next) follows \(record.previousRevision)")
      }
      next = record.previousRevision
      records.append(record)
    }
    records.reverse()
    return records
  }

  /// Counts a watcher in: its listener hears of every advance from now on.
  public func add(_ listener: any Listener) {
    listeners.withLock { listeners in
      if let index = listeners.firstIndex(where: { $0.listener === listener }) {
        listeners[index].count += 1
      } else {
        listeners.append((listener, 1))
      }
    }
  }

  /// Counts a watcher out.
  public func remove(_ listener: any Listener) {
    listeners.withLock { listeners in
      guard let index = listeners.firstIndex(where: { $0.listener === listener }) else { return }
      listeners[index].count -= 1
      if listeners[index].count == 0 { listeners.remove(at: index) }
    }
  }

  /// The journal has made everything up to the revision durable.
  func advance(to revision: UInt64) {
    durable.store(revision, ordering: .releasing)
  }

  /// Wakes every listener.
  func notify() {
    let present = listeners.withLock { $0.map(\.listener) }
    for listener in present { listener.durableDidAdvance() }
  }
}

/// Why a part of the history cannot be read.
public enum HistoryError: Error, Sendable {
  /// It is no longer kept.
  case compacted(oldest: UInt64)
  /// The journal could not be read.
  case journal(JournalError)
  /// The journal holds what it should not; the text says what.
  case unreadable(String)
}
