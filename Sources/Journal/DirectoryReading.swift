public import System

/// What to do with a block that a walk has come to.
public enum BlockChoice: Sendable {
  /// Read its records.
  case read
  /// Go on with the next block.
  case skip
  /// End the walk.
  case stop
}

extension Journal {
  /// The name of the file without which a directory is no data directory.
  public static let landmark = FileName.manifest

  /// Walks over the log of a directory, block by block, and changes nothing: it takes no lock and writes nothing, so a
  /// server may be running there. All that is handed out has been verified as a start verifies it.
  ///
  /// The walk begins where the log does: what was let go behind snapshots is not part of it. In the directory of a
  /// running server it ends where the log was durable when it began, elsewhere where the next start would end the log.
  ///
  /// - Parameters:
  ///   - revision: segments that end before it are passed over unread.
  ///   - pause: waits for as long as a write and its flush take. Called at most once, when what lies at the end may be
  ///     a write under way.
  ///   - block: told of each block, in order.
  ///   - record: given the bytes of each record of the blocks that are to be read, notes included. The bytes are valid
  ///     within the call.
  /// - Throws: `damaged`, `unsupported` or `refusedRecord` where the log is not what was written, once all that is
  ///   before that place was handed out; `disk` when the system fails.
  public static func walk(
    directory path: String, fileSystem: some FileSystem = LinuxFileSystem(), from revision: UInt64 = 1,
    pause: () -> Void, block: (LogBlock) -> BlockChoice,
    record: (_ record: UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) {
    let directory = DataDirectory(path: path, fileSystem: fileSystem)
    var reading = try DirectoryReading(directory)
    try reading.walk(from: revision, pause: pause, block: block, record: record)
  }

  /// The id of the store in a directory.
  ///
  /// - Throws: what keeps it from being read.
  public static func storeID(
    ofDirectory path: String, fileSystem: some FileSystem = LinuxFileSystem()
  ) throws(JournalError) -> StoreID {
    let recovery = Recovery(DataDirectory(path: path, fileSystem: fileSystem), mode: .read)
    try recovery.requireManifest(try recovery.directory.list())
    return try ManifestFile.read(in: recovery.directory, .read).manifest.storeID
  }
}

/// Reads a directory that others may be writing to: with the eyes of ``Recovery``, and only as far as nothing can be a
/// write under way.
struct DirectoryReading {
  private let recovery: Recovery
  private let manifest: Manifest
  /// As it was before anything else was read: the manifest lists whatever it attests.
  private let watermark: Watermark?
  /// Whether nobody is writing; nil until that is asked.
  private var isAtRest: Bool?

  init(_ directory: DataDirectory) throws(JournalError) {
    recovery = Recovery(directory, mode: .read)
    let names = try directory.list()
    try recovery.requireManifest(names)
    watermark = try recovery.readWatermark(names)?.watermark
    manifest = try ManifestFile.read(in: directory, .read).manifest
    try recovery.check(watermark, against: manifest)
  }

  /// Blocks up to this one had reached the disk when the reading began.
  private var attestedSequence: UInt64 {
    let snapshot = manifest.snapshots.last?.place.head.sequence ?? 0
    return max(watermark?.sequence ?? 0, manifest.sealedHead.sequence, snapshot)
  }

  mutating func walk(
    from revision: UInt64, pause: () -> Void, block: (LogBlock) -> BlockChoice,
    record: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) {
    var head = manifest.base
    for segment in manifest.segments {
      if segment.state == .sealed, segment.head.revision < revision {
        head = segment.head
        continue
      }
      let size = try recovery.open(segment, storeID: manifest.storeID).size
      var scan = BlockScan(
        recovery.window, storeID: manifest.storeID, segment: segment.number, from: Format.segmentHeaderBytes,
        end: segment.state == .sealed ? segment.end : size, head: head)
      guard let found = try walk(&scan, pause: pause, block: block, record: record) else { return }
      head = scan.place.head
      switch segment.state {
      case .sealed:
        guard scan.place.offset == segment.end, head == segment.head else {
          throw recovery.sealedDamage(scan, found, segment)
        }
      case .active:
        let isShort = head.sequence < attestedSequence
        do {
          _ = try recovery.judgeTail(scan, found, lastBlock: nil, isAttested: isShort)
        } catch {
          guard isShort || rests(pause) else { return }
          throw error
        }
      }
    }
    try recovery.check(head, reaches: watermark, manifest)
  }

  /// - Returns: what is behind the last block of the segment; nil when the walk is over.
  private mutating func walk(
    _ scan: inout BlockScan, pause: () -> Void, block: (LogBlock) -> BlockChoice,
    record: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> TailFacts.Header? {
    while true {
      let before = scan.place
      switch try scan.next() {
      case .none(let found): return found
      case .block(let header, let body):
        let isAttested = header.sequence <= attestedSequence
        guard isAttested || rests(pause) else { return nil }
        let choice = block(
          LogBlock(header, path: recovery.window.path, behind: scan.place, isAttested: isAttested))
        switch choice {
        case .stop: return nil
        case .skip: continue
        case .read:
          try BlockRecords.forEach(in: body, of: header, path: recovery.window.path, place: before) {
            (bytes, _) throws(ReplayError) in try record(bytes)
          }
        }
      }
    }
  }

  /// Whether nobody is writing. Whoever writes moves the watermark, and nothing is beyond it for longer than a write
  /// and its flush take.
  private mutating func rests(_ pause: () -> Void) -> Bool {
    if let isAtRest { return isAtRest }
    pause()
    let now = try? recovery.readWatermark([FileName.watermark])?.watermark
    isAtRest = now == watermark
    return now == watermark
  }
}
