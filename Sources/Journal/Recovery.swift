internal import System

/// Finds out what a data directory holds, and changes nothing: whatever is not as it must be is refused.
///
/// What is refused, beside the damage that ``TailVerdict`` tells from a torn tail:
///
///     no MANIFEST, and any entry that making the first one cannot have left    not a store, or one that lost it
///     MANIFEST or WATERMARK of another size, or without a valid slot           which segments count is unknown
///     a format version or an incompatible feature that is not known            never guessed
///     another store's id in any file                                           a file of another store
///     a listed segment missing, of another size, or with another's header      lost, cut, or swapped
///     an unlisted segment that holds anything, or is not newer than all listed a duplicate, or foreign
///     a gap or any damage in a sealed segment; an end that is not as sealed    lost or damaged
///     a watermark, or a listed snapshot, beyond the end of the log             the disk lost what it had confirmed
///     no listed snapshot whole, and a log that does not reach back to the first its beginning is lost
///
/// What is not refused: an unlisted empty segment (made ahead, or the making was interrupted), files that were not
/// finished (`*.tmp`), a missing spare segment, segments that were let go and whose files are still there, snapshots
/// that are not listed, names that the journal has no use for. A snapshot that is missing or damaged is passed over for
/// the one before it, with a note: nothing is lost as long as the log behind that one is whole.
///
/// The log is replayed behind the newest snapshot that is whole. The segment that this snapshot ends in is verified
/// from its start all the same, so that the chain of blocks leads to the snapshot; of older ones the names, the sizes
/// and the headers are.
struct Recovery {
  let directory: DataDirectory
  /// How the files are opened: a look that changes nothing gets by where nothing may be written.
  let mode: OpenMode
  /// What reads the segments and the snapshots.
  let window = FileWindow()
  /// What reads their headers: there may be thousands of segments of which no more is read.
  let headerWindow = FileWindow(bytes: Format.segmentHeaderBytes)

  /// The end of the active segment.
  struct Tail {
    /// Where the last good block ends.
    var end: Int
    /// The last good block of the segment.
    var lastBlock: Range<Int>?
    /// What a block that was torn left behind `end`.
    var torn: Range<Int>?
  }

  /// What a directory holds, all of it verified.
  struct Survey {
    var manifest: ManifestFile
    /// nil in a store that was never used.
    var watermark: WatermarkFile?
    var head: LogHead
    var index: LogIndex
    /// What is replayed: the log behind this snapshot, nil for all of it.
    var snapshot: Manifest.Snapshot?
    /// The file of the active segment, if there is one, and its end.
    var active: (segment: SpareSegment, tail: Tail)?
    var spares: [SpareSegment] = []
    /// Sealed segments whose files are longer than they are to be.
    var uncut: [(file: any File, name: String, fileBytes: Int)] = []
    /// Files that were never finished.
    var unfinished: [String] = []
    /// Segments that had been let go.
    var forgotten: [String] = []
    var report = RecoveryReport()
    /// What is wrong and does not keep the log from being replayed.
    var findings: [JournalError] = []

    init(_ manifest: ManifestFile) {
      self.manifest = manifest
      head = manifest.manifest.base
      index = LogIndex(base: head)
    }

    /// The last block that is known to have reached the disk: the watermark says so, or a snapshot.
    var attestedSequence: UInt64 {
      manifest.manifest.snapshots.reduce(watermark?.watermark.sequence ?? 0) { max($0, $1.place.head.sequence) }
    }
  }

  /// Where replaying begins.
  enum Start {
    /// Behind the newest snapshot that is whole.
    case newestSnapshot
    /// With the first block: snapshots are passed over.
    case firstBlock
    /// With the oldest block there is, whatever was before it: for a log that is being copied, its snapshots to follow.
    case oldestBlock
  }

  /// How much is read.
  enum Depth {
    /// What a start needs.
    case start
    /// All there is: what a start passes over is read too, and what is wrong with it becomes a finding.
    case everything
  }

  init(_ directory: DataDirectory, mode: OpenMode = .readWrite) {
    self.directory = directory
    self.mode = mode
  }

  /// Whether the directory is to become a store: it is empty, but for what an interrupted first start can leave before
  /// the manifest's name is durable.
  static func isUnused(_ names: [String]) -> Bool {
    let leftovers = [FileName.lock, FileName.manifest + FileName.unfinished, "lost+found"]
    return names.allSatisfy { leftovers.contains($0) }
  }

  /// Reads and verifies everything.
  ///
  /// - Parameters:
  ///   - names: the entries of the directory.
  ///   - restore: given the snapshot to begin with, piece by piece.
  ///   - replay: given the body of each record behind that, in order, as it is verified; all of it is to be forgotten
  ///     when this throws.
  func survey(
    _ names: [String], depth: Depth = .start, from start: Start, restore: Restoring,
    replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> Survey {
    try requireManifest(names)
    var survey = Survey(try ManifestFile.read(in: directory, mode))
    let manifest = survey.manifest.manifest
    survey.unfinished = names.filter { $0.hasSuffix(FileName.unfinished) }.sorted()
    survey.watermark = try readWatermark(names)
    try check(survey.watermark?.watermark, against: manifest)
    try checkNames(names, into: &survey)
    try self.restore(into: &survey, depth, from: start, restore)
    for segment in manifest.segments {
      if segment.number < survey.snapshot?.place.segment ?? 0 {
        try pass(segment, depth, into: &survey)
      } else {
        try scan(segment, into: &survey, replay: replay)
      }
    }
    try findSpares(names, into: &survey)
    try check(survey.head, reaches: survey.watermark?.watermark, survey.manifest.manifest)
    survey.report.lastRevision = survey.head.revision
    survey.report.segments = manifest.segments.count
    return survey
  }

  func requireManifest(_ names: [String]) throws(JournalError) {
    guard !names.contains(FileName.manifest) else { return }
    let what =
      Self.isUnused(names)
      ? "missing: no store was ever made in this directory"
      : "missing, but the directory is not empty (\(names.sorted().prefix(3).joined(separator: ", "))): "
        + "neither a store nor a place for a new one"
    throw JournalError(.damaged, path: directory.path(of: FileName.manifest), what)
  }

  /// Refuses a log that does not reach as far as the watermark and the snapshots say that it did.
  func check(_ head: LogHead, reaches watermark: Watermark?, _ manifest: Manifest) throws(JournalError) {
    if let watermark, watermark.sequence > head.sequence {
      throw JournalError(
        .damaged, path: directory.path(of: FileName.segment(watermark.segment)),
        offset: Int(truncatingIfNeeded: watermark.end),
        "the log had reached the disk up to block \(watermark.sequence), which ended here, but "
          + whole(head) + ": the rest is lost")
    }
    for snapshot in manifest.snapshots
    where snapshot.place.head.sequence > head.sequence || snapshot.revision > head.revision {
      throw JournalError(
        .damaged, path: directory.path(of: FileName.segment(snapshot.place.segment)), offset: snapshot.place.offset,
        "the log had reached the disk up to revision \(snapshot.revision), as a snapshot tells, but "
          + whole(head) + ": the rest is lost")
    }
  }

  func whole(_ head: LogHead) -> String {
    "is whole only up to block \(head.sequence), revision \(head.revision)"
  }

  func readWatermark(_ names: [String]) throws(JournalError) -> WatermarkFile? {
    names.contains(FileName.watermark) ? try WatermarkFile.read(in: directory, mode) : nil
  }

  /// Refuses a watermark that is missing, or of another store.
  func check(_ watermark: Watermark?, against manifest: Manifest) throws(JournalError) {
    let path = directory.path(of: FileName.watermark)
    if let watermark {
      guard watermark.storeID == manifest.storeID else {
        throw JournalError(.damaged, path: path, "belongs to another store, \(watermark.storeID)")
      }
    } else {
      // Made right after the manifest, and before anything is listed there.
      guard manifest.segments.isEmpty else {
        throw JournalError(.damaged, path: path, "missing: whether the end of the log is missing cannot be told")
      }
    }
  }

  /// Names that could be taken for segments: each is one that is listed, or newer than those, or was let go.
  private func checkNames(_ names: [String], into survey: inout Survey) throws(JournalError) {
    let manifest = survey.manifest.manifest
    let listed = Set(manifest.segments.map(\.number))
    let newest = manifest.segments.last?.number ?? 0
    for name in names.sorted() where FileName.looksLikeSegment(name) {
      guard let number = FileName.segmentNumber(name) else {
        throw JournalError(.damaged, path: directory.path(of: name), "not the name of a segment of this store")
      }
      if let oldest = manifest.segments.first?.number, number < oldest, manifest.base.sequence > 0 {
        _ = try open(number, storeID: manifest.storeID)
        survey.forgotten.append(name)
      } else if !listed.contains(number), number <= newest {
        throw JournalError(
          .damaged, path: directory.path(of: name),
          "a segment that the manifest does not list: a copy, or from elsewhere")
      }
    }
    for number in manifest.segments.map(\.number) where !names.contains(FileName.segment(number)) {
      throw JournalError(
        .damaged, path: directory.path(of: FileName.segment(number)), "missing: the blocks in it are lost")
    }
  }

  // MARK: Spares

  /// Segments that are not listed are made ahead and empty, or none of this store's.
  private func findSpares(_ names: [String], into survey: inout Survey) throws(JournalError) {
    let newest = survey.manifest.manifest.segments.last?.number ?? 0
    let numbers = names.compactMap(FileName.segmentNumber).filter { $0 > newest }.sorted()
    for number in numbers {
      let (file, size, madeBytes) = try open(number, storeID: survey.manifest.manifest.storeID)
      guard size == madeBytes else {
        throw JournalError(.damaged, path: window.path, "is \(size) bytes long instead of \(madeBytes)")
      }
      var offset = Format.segmentHeaderBytes
      while offset < size {
        let count = min(FileWindow.defaultBytes, size - offset)
        if let first = ZeroRun.firstNonzero(in: try window.bytes(offset..<offset + count)) {
          throw JournalError(
            .damaged, path: window.path, offset: offset + first,
            "holds data, but the manifest does not list it: the manifest is not the newest, or the segment is a copy")
        }
        offset += count
      }
      survey.spares.append(SpareSegment(number: number, fileBytes: size, file: file))
    }
  }
}
