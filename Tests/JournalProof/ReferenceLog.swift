internal import Glibc
internal import Journal
internal import System

/// A small data directory with 56 or 72 KiB of log, made by two starts: several segments, sealed ones that were cut and
/// ones that were filled, an active one with several blocks, one made ahead; events and notes.
struct ReferenceLog {
  /// How its last process ended, and what it had done.
  enum End: String, CaseIterable {
    /// In good order.
    case closed
    /// Killed, the machine running on: the watermark attests all that was acknowledged.
    case killed
    /// Power was lost while the last block was being written: a part of it is there. The watermark had been put on the
    /// disk before.
    case torn
    /// Power was lost when the last block was on the disk and nobody had been told yet. The watermark on the disk is
    /// several blocks old: only later blocks attest those behind it.
    case unwatched
    /// Killed, with two snapshots listed, a segment let go that lies behind both, and one there that does.
    case compacted
  }

  let end: End
  /// What the disk holds, all of it durable.
  let image: DiskImage
  let oracle: Oracle
  /// How many records the watermark on the disk attests, in whichever state.
  let attested: Int
  /// The names in the data directory, sorted.
  let names: [String]
  /// What each file held before, the oldest first.
  let earlier: [String: [[UInt8]]]

  /// The smallest segments that hold more than one block.
  static func options(storeID: [UInt8] = [UInt8](repeating: 0x5a, count: StoreID.byteCount)) -> JournalOptions {
    var options = JournalOptions()
    options.firstSegmentBytes = 8 << 10
    options.segmentBytes = 16 << 10
    options.storeID = StoreID(storeID)
    return options
  }

  static func path(_ name: String) -> String { "\(Workload.directory)/\(name)" }

  /// What a moment of the making is kept for.
  private struct Moment {
    var image: DiskImage
    var oracle: Oracle
  }

  init(_ end: End, storeID: [UInt8] = [UInt8](repeating: 0x5a, count: StoreID.byteCount)) throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk, options: Self.options(storeID: storeID), salt: UInt64(storeID[0]))
    var past: [DiskContents] = []
    var beforeFlush: Moment?
    var beforeWatermark: Moment?
    disk.beforeChange = { past.append($0.current) }
    disk.meanwhile = { [unowned disk] call, path in
      // A segment that was made by this process goes by the name it was made under.
      if call == .fdatasync, path.contains("segment-") {
        beforeFlush = Moment(image: disk.image, oracle: workload.oracle)
      }
      if call == .pwrite, path == Self.path(FileNames.watermark) {
        beforeWatermark = Moment(image: disk.image, oracle: workload.oracle)
      }
    }
    try workload.open()
    Self.live(workload, turns: 0..<3)
    workload.close()
    try workload.open()
    Self.live(workload, turns: 3..<5)
    if end == .compacted { try Self.compact(workload) }
    Self.live(workload, turns: 5..<6)
    if end == .torn || end == .unwatched { workload.journal?.synchronizeWatermark() }
    var attested = workload.records.count
    Self.live(workload, turns: 6..<(end == .torn ? 7 : 8))
    if end == .closed || end == .torn { try workload.journal?.prepareSpare() }
    if end == .torn {
      workload.journal?.synchronizeWatermark()
      attested = workload.records.count
    }
    // A block that is torn takes two pages.
    workload.append(events: 3, bytes: end == .torn ? 1700 : 300, note: true)
    workload.flush()
    disk.meanwhile = nil
    guard workload.failure == nil, workload.acknowledged == workload.records.count else {
      throw SystemError(code: EIO, operation: "reference log")
    }

    var image: DiskImage
    switch end {
    case .closed, .killed, .compacted:
      oracle = workload.oracle
      attested = workload.records.count
      if end == .closed { workload.close() }
      image = disk.image.afterSynchronizing
    case .torn, .unwatched:
      guard let moment = end == .torn ? beforeFlush : beforeWatermark else {
        throw SystemError(code: EIO, operation: "reference log")
      }
      oracle = moment.oracle
      // With this seed, a part of the sectors that were being written.
      var random = SplitMix(3)
      image = moment.image.afterPowerLoss(end == .torn ? .subset : .none, &random)
    }
    workload.abandon()
    image.current = image.durable
    self.end = end
    self.image = image
    self.attested = attested
    names = Self.names(of: image)
    earlier = Self.earlier(past, than: image)
  }

  private static func compact(_ workload: Workload) throws {
    workload.takeSnapshot(chunks: 1)
    live(workload, turns: 20..<22)
    workload.takeSnapshot(chunks: 3)
    guard let journal = workload.journal, let oldest = journal.dispensableSegments.first else {
      throw SystemError(code: EIO, operation: "reference log")
    }
    try journal.letGo(through: oldest)
  }

  /// One block a turn.
  private static func live(_ workload: Workload, turns: Range<Int>) {
    for turn in turns {
      workload.append(events: 1 + turn % 3, bytes: 20 + 37 * turn, note: turn % 3 == 1)
      workload.append(events: 1, bytes: turn % 4 == 3 ? 3000 : 10)
      workload.flush()
    }
  }

  private static func names(of image: DiskImage) -> [String] {
    image.current.names.keys.filter { $0.hasPrefix(Workload.directory + "/") }
      .map { String($0.dropFirst(Workload.directory.utf8.count + 1)) }.sorted()
  }

  /// The different contents that each file had under its name, other than those that it has.
  private static func earlier(_ past: [DiskContents], than image: DiskImage) -> [String: [[UInt8]]] {
    var earlier: [String: [[UInt8]]] = [:]
    for name in names(of: image) {
      var versions: [[UInt8]] = []
      for contents in past {
        guard let bytes = contents[path(name)], bytes != image.current[path(name)], bytes != versions.last
        else { continue }
        versions.append(bytes)
      }
      earlier[name] = versions
    }
    return earlier
  }

  var segments: [String] { names.filter(FileNames.isSegment) }

  func bytes(of name: String) -> [UInt8] { image.current[Self.path(name)] ?? [] }
}

/// The names that the journal's format gives its files, as its users know them.
enum FileNames {
  static let manifest = "MANIFEST"
  static let watermark = "WATERMARK"

  static func isSegment(_ name: String) -> Bool { name.hasPrefix("segment-") && name.hasSuffix(".log") }

  /// Whether nothing in the file may change, wherever it lies: segments and snapshots hold nothing without a meaning.
  static func isImmutable(_ name: String) -> Bool { isSegment(name) || name.hasPrefix("snapshot-") }

  /// The name of the segment behind that one; nil when it is no segment's.
  static func segment(behind name: String) -> String? {
    guard isSegment(name), let number = Int(name.dropFirst("segment-".count).dropLast(".log".count)) else { return nil }
    let digits = String(number + 1)
    return "segment-" + String(repeating: "0", count: 20 - digits.utf8.count) + digits + ".log"
  }
}
