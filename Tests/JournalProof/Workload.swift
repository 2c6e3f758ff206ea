internal import Journal
internal import System

/// Runs a journal through its life on a simulated disk, in one thread, and remembers what it was told.
final class Workload: @unchecked Sendable {
  static let directory = "/data"

  /// Every record that was appended, in order; notes begin otherwise than events.
  private(set) var records: [Digest] = []
  /// How many of them were told durable.
  private(set) var acknowledged = 0
  /// The events that a watcher has read, from revision 1 on.
  private(set) var shown: [Digest] = []
  private(set) var failure: JournalError?
  /// What kept a snapshot from being taken, or a segment from being let go. The log goes on.
  private(set) var troubles: [JournalError] = []
  /// What a watcher, or a later start, was given that it should not have been.
  private(set) var objection: String?
  /// Whether there was a start before: the first one may find what others left.
  private var hasBegun = false
  private var countAt: [UInt64: Int] = [:]
  private var revision: UInt64 = 0
  private(set) var journal: Journal?
  let disk: SimulatedDisk
  /// Another one for each start.
  private var salt: UInt64
  /// What others do while the journal's calls run.
  private var meanwhile: SplitMix?

  /// What a start behind this moment is held against.
  var oracle: Oracle { Oracle(records: records, acknowledged: acknowledged, shown: shown) }

  static var options: JournalOptions {
    var options = JournalOptions()
    options.firstSegmentBytes = 16 << 10
    options.segmentBytes = 32 << 10
    options.storeID = StoreID([
      0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
    ])
    return options
  }

  private let options: JournalOptions

  /// - Parameter salt: what tells the records of this life from those of every other.
  init(_ disk: SimulatedDisk, options: JournalOptions = Workload.options, salt: UInt64 = 1) {
    self.disk = disk
    self.options = options
    self.salt = salt
  }

  /// While the journal's calls run, a watcher reads and others append, as they do from threads of their own.
  func beAccompanied(_ random: SplitMix) {
    meanwhile = random
    disk.meanwhile = { [unowned self] call, _ in accompany(call) }
  }

  func open() throws(JournalError) {
    failure = nil
    troubles = []
    var options = options
    options.onFailure = { self.failure = $0 }
    let (opened, _, replayed) = try Journal.open(disk, options)
    if hasBegun { objection = objection ?? oracle.objection(to: replayed) }
    hasBegun = true
    let served = Oracle(served: replayed)
    (records, acknowledged, shown) = (served.records, served.acknowledged, served.shown)
    salt &+= 0x9E37_79B9_7F4A_7C15
    revision = opened.durableRevision
    countAt = [:]
    journal = opened
    opened.observe { position, _ in self.acknowledged = self.countAt[position.rawValue] ?? 0 }
  }

  /// Appends one turn of events and, now and then, a note.
  func append(events: Int, bytes: Int, note: Bool = false) {
    var turn: [UInt8] = []
    for _ in 0..<events {
      revision += 1
      turn += take(Records.body(revision, bytes: bytes, salt: salt))
    }
    // No two notes are alike.
    if note { turn += take(Records.body(0, bytes: bytes, salt: salt ^ UInt64(records.count))) }
    guard let journal, !turn.isEmpty else { return }
    let position = turn.withUnsafeBytes { journal.append($0) }
    countAt[position.rawValue] = records.count
  }

  private func take(_ record: [UInt8]) -> [UInt8] {
    records.append(Digest(record))
    return Records.field(record)
  }

  func flush() { journal?.flush() }

  func close() {
    meanwhile = nil
    journal?.close()
    journal = nil
  }

  /// Leaves the journal as a process does that is killed.
  func abandon() {
    meanwhile = nil
    journal = nil
  }

  private func accompany(_ call: SimulatedDisk.Call) {
    guard var random = meanwhile, journal != nil, call == .pwrite || call == .fdatasync else { return }
    defer { meanwhile = random }
    if random.once(in: 3) { watch() }
    if random.once(in: 9) { append(events: 1 + random.below(2), bytes: 1 + random.below(200)) }
  }

  /// Reads on behind what was read already: whatever is read is one of what was appended, and stays.
  private func watch() {
    guard let journal else { return }
    do throws(JournalError) {
      let slice = try journal.read(after: UInt64(shown.count), maxBytes: 8 << 10)
      for event in slice.events {
        if event.revision != UInt64(shown.count) + 1 {
          objection = objection ?? "revision \(event.revision) read behind \(shown.count)"
        }
        shown.append(slice.withRecord(event) { Digest($0) })
      }
    } catch {
      objection = objection ?? "reading after revision \(shown.count): \(error)"
    }
  }

  /// A life with everything in it: rotations, notes, turns of many sizes, a watermark on the disk now and then, spares
  /// made ahead or late, blocks that take several turns, and a turn too long for one block.
  ///
  /// - Parameter keeps: whether snapshots are taken and segments let go.
  func live(_ random: inout SplitMix, flushes: Int, keeps: Bool = true) {
    for flush in 0..<flushes where failure == nil {
      for _ in 0...random.below(3) {
        append(events: random.below(4), bytes: 1 + random.below(300), note: random.below(4) == 0)
      }
      if random.below(12) == 0 { append(events: 10, bytes: 3000) }
      self.flush()
      if random.below(4) == 0 { try? journal?.prepareSpare() }
      if flush % 5 == 4, failure == nil { journal?.synchronizeWatermark() }
      guard keeps else { continue }
      if random.below(5) == 0 { takeSnapshot(chunks: 1 + random.below(3), goingOn: random.once(in: 2)) }
      if random.below(4) == 0 { letGo(&random) }
    }
    meanwhile = nil
    while failure == nil, journal?.flush() == true {}
  }

  /// What a second start makes of a directory that is in use: nothing, and it leaves no trace.
  ///
  /// - Returns: what is wrong.
  func objectionToSecondStart() -> String? {
    let image = disk.image
    do throws(JournalError) {
      _ = try Journal.open(disk, options)
      return "two have the directory"
    } catch {
      guard error.kind == .inUse else { return "the directory is in use, and the refusal says: \(error)" }
      return disk.image == image ? nil : "a second start was refused, but changed the disk"
    }
  }

  // MARK: Snapshots and retention

  /// Takes a snapshot of what there is now, in so many pieces.
  ///
  /// - Parameter isGoingOn: whether the log goes on between the pieces.
  func takeSnapshot(chunks: Int, goingOn isGoingOn: Bool = false) {
    guard let journal, failure == nil else { return }
    let mark = journal.mark()
    let held = records
    flush()
    if isGoingOn {
      append(events: 1, bytes: 60)
      flush()
    }
    guard failure == nil, mark.position <= journal.durable, case .ready = journal.use(of: mark) else { return }
    do throws(JournalError) {
      let draft = try journal.begin(mark)
      for chunk in 0..<chunks {
        if isGoingOn {
          append(events: 1, bytes: 50, note: chunk == 0)
          flush()
        }
        let part = held[held.count * chunk / chunks..<held.count * (chunk + 1) / chunks]
        let bytes = part.flatMap(\.encoded)
        try Self.append(bytes, to: draft)
      }
      guard failure == nil else { return }
      _ = try journal.complete(draft)
    } catch {
      troubles.append(error)
    }
  }

  private static func append(_ bytes: [UInt8], to draft: SnapshotDraft) throws(JournalError) {
    // `Array.withUnsafeBytes` does not pass typed errors on.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(JournalError) in try draft.append(bytes) }
    }
    try result.get()
  }

  /// Lets go of the oldest segments that no start needs, if there are any.
  func letGo(_ random: inout SplitMix) {
    guard let journal, failure == nil, !journal.dispensableSegments.isEmpty else { return }
    // Whoever reads from the beginning has to have done so before.
    while objection == nil, shown.count < journal.durableRevision { watch() }
    do throws(JournalError) {
      try journal.letGo(through: random.pick(journal.dispensableSegments))
    } catch {
      troubles.append(error)
    }
  }
}
