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
///     a watermark beyond the end of the log                                    the disk lost what it had confirmed
///
/// What is not refused: an unlisted empty segment (made ahead, or the making was interrupted), files that were not
/// finished (`*.tmp`), a missing spare segment, names that the journal has no use for.
struct Recovery {
  let directory: DataDirectory
  /// How the files are opened: a look that changes nothing gets by where nothing may be written.
  let mode: OpenMode
  /// What reads the segments.
  let window = FileWindow()

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
    var index = LogIndex()
    /// The file of the active segment, if there is one, and its end.
    var active: (segment: SpareSegment, tail: Tail)?
    var spares: [SpareSegment] = []
    /// Sealed segments whose files are longer than they are to be.
    var uncut: [(file: any File, name: String, fileBytes: Int)] = []
    /// Files that were never finished.
    var unfinished: [String] = []
    var report = RecoveryReport()
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
  ///   - replay: given the body of each record, in order, as it is verified; all of it is to be forgotten when this
  ///     throws.
  func survey(
    _ names: [String], replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> Survey {
    try requireManifest(names)
    let manifest = try ManifestFile.read(in: directory, mode)
    var survey = Survey(manifest: manifest, watermark: nil, head: manifest.manifest.base)
    survey.unfinished = names.filter { $0.hasSuffix(FileName.unfinished) }.sorted()
    survey.watermark = try readWatermark(names)
    try check(survey.watermark?.watermark, against: manifest.manifest)
    try checkNames(names, against: manifest.manifest)
    for segment in manifest.manifest.segments {
      try scan(segment, into: &survey, replay: replay)
    }
    try findSpares(names, into: &survey)
    try check(survey.head, reaches: survey.watermark?.watermark)
    survey.report.lastRevision = survey.head.revision
    survey.report.segments = manifest.manifest.segments.count
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

  private func whole(_ head: LogHead) -> String {
    "is whole only up to block \(head.sequence), revision \(head.revision)"
  }

  /// Refuses a log that ends before what had reached the disk.
  func check(_ head: LogHead, reaches watermark: Watermark?) throws(JournalError) {
    guard let watermark, watermark.sequence > head.sequence else { return }
    throw JournalError(
      .damaged, path: directory.path(of: FileName.segment(watermark.segment)),
      offset: Int(truncatingIfNeeded: watermark.end),
      "the log had reached the disk up to block \(watermark.sequence), which ended here, but "
        + whole(head) + ": the rest is lost")
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

  /// Names that could be taken for segments: each is one, listed or newer than what is listed.
  private func checkNames(_ names: [String], against manifest: Manifest) throws(JournalError) {
    let listed = Set(manifest.segments.map(\.number))
    let newest = manifest.segments.last?.number ?? 0
    for name in names where FileName.looksLikeSegment(name) {
      guard let number = FileName.segmentNumber(name) else {
        throw JournalError(.damaged, path: directory.path(of: name), "not the name of a segment of this store")
      }
      guard listed.contains(number) || number > newest else {
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

  // MARK: Segments

  /// Opens a segment and checks its header. Afterwards the window is at it.
  func open(
    _ number: UInt64, storeID: StoreID
  ) throws(JournalError) -> (file: any File, size: Int, madeBytes: Int) {
    let name = FileName.segment(number)
    let path = directory.path(of: name)
    let file = try directory.open(name, mode)
    let size = try withPath(path) { () throws(SystemError) in try file.size() }
    guard size >= Format.segmentHeaderBytes, size % Format.alignment == 0 else {
      throw JournalError(.damaged, path: path, "its size, \(size) bytes, is none that a segment has")
    }
    window.open(file, path: path, fileBytes: size)
    switch SegmentHeader.read(try window.bytes(0..<Format.segmentHeaderBytes)) {
    case .broken:
      throw JournalError(.damaged, path: path, offset: 0, "the header of the segment is damaged")
    case .unknown:
      throw JournalError(.unsupported, path: path, offset: 0, "a format that this version does not know")
    case .whole(let header):
      guard header.storeID == storeID else {
        throw JournalError(.damaged, path: path, offset: 0, "belongs to another store, \(header.storeID)")
      }
      guard header.number == number else {
        throw JournalError(.damaged, path: path, offset: 0, "is segment \(header.number) under another's name")
      }
      guard header.fileBytes >= UInt64(size) else {
        throw JournalError(
          .damaged, path: path, "is \(size) bytes long, more than the \(header.fileBytes) that it was made with")
      }
      return (file, size, Int(truncatingIfNeeded: header.fileBytes))
    }
  }

  /// Opens a segment that the manifest lists.
  func open(_ segment: Manifest.Segment, storeID: StoreID) throws(JournalError) -> (file: any File, size: Int) {
    let (file, size, madeBytes) = try open(segment.number, storeID: storeID)
    // A sealed file that was to be cut may not be yet.
    guard size == segment.fileBytes || segment.state == .sealed && size == madeBytes && size > segment.fileBytes else {
      throw JournalError(
        .damaged, path: window.path, "is \(size) bytes long instead of \(segment.fileBytes): what is missing is lost")
    }
    return (file, size)
  }

  private func scan(
    _ segment: Manifest.Segment, into survey: inout Survey, replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) {
    let storeID = survey.manifest.manifest.storeID
    let (file, size) = try open(segment, storeID: storeID)
    survey.index.add(segment: segment.number, lastRevision: survey.head.revision)
    let end = segment.state == .sealed ? segment.end : size
    var scan = BlockScan(
      window, storeID: storeID, segment: segment.number, from: Format.segmentHeaderBytes, end: end, head: survey.head)
    let (header, lastBlock) = try replayBlocks(&scan, into: &survey, replay: replay)
    survey.head = scan.place.head
    switch segment.state {
    case .sealed:
      guard scan.place.offset == end, scan.place.head == segment.head else { throw sealedDamage(scan, header, segment) }
      if size > segment.fileBytes {
        survey.uncut.append((file, FileName.segment(segment.number), segment.fileBytes))
      }
    case .active:
      let isAttested = (survey.watermark?.watermark.sequence ?? 0) > scan.place.head.sequence
      let tail = try judgeTail(scan, header, lastBlock: lastBlock, isAttested: isAttested)
      survey.report.cutBytes = tail.torn?.count ?? 0
      survey.active = (SpareSegment(number: segment.number, fileBytes: size, file: file), tail)
    }
  }

  /// Verifies and replays block after block, up to the first that is none.
  private func replayBlocks(
    _ scan: inout BlockScan, into survey: inout Survey, replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> (header: TailFacts.Header, lastBlock: Range<Int>?) {
    var lastBlock: Range<Int>?
    while true {
      let before = scan.place
      switch try scan.next() {
      case .none(let header):
        return (header, lastBlock)
      case .block(let header, let body):
        try replayRecords(body, header, before: before, replay: replay)
        survey.index.add(header)
        survey.report.blocks += 1
        survey.report.records += Int(header.recordCount)
        survey.report.bytes += header.blockBytes
        lastBlock = before.offset..<scan.place.offset
      }
    }
  }

  func replayRecords(
    _ body: UnsafeRawBufferPointer, _ header: BlockHeader, before: BlockHeader.Place,
    replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) {
    var cursor = RecordCursor(body)
    var count: UInt32 = 0
    var revision = before.head.revision
    while true {
      let record: RecordCursor.Record?
      do {
        record = try cursor.next()
      } catch {
        throw JournalError(
          .damaged, path: window.path, offset: before.offset,
          "the checksum is right, but this is no block of records: \(error)")
      }
      guard let record else { break }
      count &+= 1
      if record.revision != 0 {
        revision &+= 1
        guard record.revision == revision else { break }
      }
      do {
        try replay(record.bytes)
      } catch {
        throw JournalError(
          .refusedRecord, path: window.path, offset: before.offset,
          "record \(count) of the block, revision \(record.revision): \(error.detail)")
      }
    }
    guard count == header.recordCount, revision == header.lastRevision, cursor.remaining == 0 else {
      throw JournalError(
        .damaged, path: window.path, offset: before.offset,
        "the checksum is right, but the records are not those that the block's header tells of")
    }
  }

  func sealedDamage(_ scan: BlockScan, _ header: TailFacts.Header, _ segment: Manifest.Segment) -> JournalError {
    let kind: JournalError.Kind = header == .unknown ? .unsupported : .damaged
    let what =
      switch header {
      case .absent: "blocks are missing"
      case .broken: "the header of a block is damaged"
      case .unknown: "a block of a format that this version does not know"
      case .misplaced: "a block of another place"
      case .fitting: "a block is damaged"
      }
    return JournalError(
      kind, path: window.path, offset: scan.place.offset,
      "\(what): the log \(whole(scan.place.head)), and went on to block \(segment.head.sequence) in this segment alone")
  }

  // MARK: The end of the log

  /// What to make of the end of the active segment.
  ///
  /// - Parameter isAttested: whether it is known that there was another block.
  func judgeTail(
    _ scan: BlockScan, _ header: TailFacts.Header, lastBlock: Range<Int>?, isAttested: Bool
  ) throws(JournalError) -> Tail {
    let place = scan.place
    let tail = try TailScan(window, place: place, header: header, isAttested: isAttested)
    switch TailVerdict(tail.facts) {
    case .end:
      return Tail(end: place.offset, lastBlock: lastBlock)
    case .torn:
      return Tail(end: place.offset, lastBlock: lastBlock, torn: tail.bytes)
    case .refused(let refusal):
      let what =
        switch refusal {
        case .unknownFormat: "a block of a format that this version does not know"
        case .misplacedBlock: "a block of another place"
        case .lostBlocks: "a block that had reached the disk is missing"
        case .damagedBlock: "a block that had reached the disk is damaged"
        case .strayBytes: "bytes that no interrupted write can have left, up to offset \(tail.bytes?.upperBound ?? 0)"
        }
      throw JournalError(
        refusal == .unknownFormat ? .unsupported : .damaged, path: window.path, offset: place.offset,
        "\(what): the log \(whole(place.head)); what follows is lost or in doubt")
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
