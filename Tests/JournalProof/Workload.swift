internal import Journal
internal import System

/// Runs a journal through its life on a simulated disk, in one thread, and remembers what it was told.
final class Workload: @unchecked Sendable {
  static let directory = "/data"

  /// Every record that was appended, in order; notes begin otherwise than events.
  private(set) var records: [Digest] = []
  /// How many of them were told durable.
  private(set) var acknowledged = 0
  private(set) var failure: JournalError?
  private var countAt: [UInt64: Int] = [:]
  private var revision: UInt64 = 0
  private(set) var journal: Journal?
  let disk: SimulatedDisk

  /// What a start behind this moment is held against.
  var oracle: Oracle { Oracle(records: records, acknowledged: acknowledged) }

  static var options: JournalOptions {
    var options = JournalOptions()
    options.firstSegmentBytes = 16 << 10
    options.segmentBytes = 32 << 10
    options.storeID = StoreID([
      0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
    ])
    return options
  }

  init(_ disk: SimulatedDisk) {
    self.disk = disk
  }

  func open() throws(JournalError) {
    failure = nil
    var options = Self.options
    options.onFailure = { self.failure = $0 }
    var replayed: [Digest] = []
    let opened = try Journal.open(directory: Self.directory, fileSystem: disk, options: options) {
      replayed.append(Digest($0))
    }
    records = replayed
    acknowledged = replayed.count
    revision = opened.journal.durableRevision
    countAt = [:]
    journal = opened.journal
    opened.journal.observe { position, _ in self.acknowledged = self.countAt[position.rawValue] ?? 0 }
  }

  /// Appends one turn of events and, now and then, a note.
  func append(events: Int, bytes: Int, note: Bool = false) {
    var turn: [UInt8] = []
    for _ in 0..<events {
      revision += 1
      records.append(Digest(Records.body(revision, bytes: bytes)))
      turn += Records.event(revision, bytes: bytes)
    }
    if note {
      records.append(Digest(Records.body(0, bytes: bytes)))
      turn += Records.event(0, bytes: bytes)
    }
    guard let journal, !turn.isEmpty else { return }
    let position = turn.withUnsafeBytes { journal.append($0) }
    countAt[position.rawValue] = records.count
  }

  func flush() { journal?.flush() }

  func close() {
    journal?.close()
    journal = nil
  }

  /// Leaves the journal as a process does that is killed.
  func abandon() { journal = nil }

  /// A life with everything in it: rotations, notes, turns of many sizes, a watermark on the disk now and then, spares
  /// made ahead or late, blocks that take several turns, and a turn too long for one block.
  func live(_ random: inout SplitMix, flushes: Int) {
    for flush in 0..<flushes where failure == nil {
      for _ in 0...random.below(3) {
        append(events: random.below(4), bytes: 1 + random.below(300), note: random.below(4) == 0)
      }
      if random.below(12) == 0 { append(events: 10, bytes: 3000) }
      self.flush()
      if random.below(4) == 0 { try? journal?.prepareSpare() }
      if flush % 5 == 4, failure == nil { journal?.synchronizeWatermark() }
    }
  }
}
