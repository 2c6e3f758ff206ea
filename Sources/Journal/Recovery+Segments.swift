internal import System

/// Reading the segments: each block is verified, and replayed unless a snapshot stands for it.
extension Recovery {
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
    headerWindow.open(file, path: path, fileBytes: size)
    switch SegmentHeader.read(try headerWindow.bytes(0..<Format.segmentHeaderBytes)) {
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

  func scan(
    _ segment: Manifest.Segment, into survey: inout Survey, replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) {
    let storeID = survey.manifest.manifest.storeID
    let (file, size) = try open(segment, storeID: storeID)
    survey.index.add(segment: segment.number)
    if let snapshot = survey.snapshot, snapshot.place.segment == segment.number,
      snapshot.place.offset == Format.segmentHeaderBytes, snapshot.place.head != survey.head
    {
      throw mismatch(snapshot, at: Format.segmentHeaderBytes)
    }
    let end = segment.state == .sealed ? segment.end : size
    var scan = BlockScan(
      window, storeID: storeID, segment: segment.number, from: Format.segmentHeaderBytes, end: end, head: survey.head)
    let (header, lastBlock) = try replayBlocks(&scan, into: &survey, replay: replay)
    survey.head = scan.place.head
    switch segment.state {
    case .sealed:
      guard scan.place.offset == end, scan.place.head == segment.head else { throw sealedDamage(scan, header, segment) }
      if size > segment.fileBytes { survey.uncut.append((file, FileName.segment(segment.number), segment.fileBytes)) }
    case .active:
      let isAttested = survey.attestedSequence > scan.place.head.sequence
      let tail = try judgeTail(scan, header, lastBlock: lastBlock, isAttested: isAttested)
      survey.report.cutBytes = tail.torn?.count ?? 0
      survey.active = (SpareSegment(number: segment.number, fileBytes: size, file: file), tail)
    }
  }

  /// Verifies a segment that a snapshot stands for: the name, the size and the header, or all of it.
  func pass(_ segment: Manifest.Segment, _ depth: Depth, into survey: inout Survey) throws(JournalError) {
    let storeID = survey.manifest.manifest.storeID
    let (file, size) = try open(segment, storeID: storeID)
    if size > segment.fileBytes { survey.uncut.append((file, FileName.segment(segment.number), segment.fileBytes)) }
    if depth == .everything {
      var scan = BlockScan(
        window, storeID: storeID, segment: segment.number, from: Format.segmentHeaderBytes, end: segment.end,
        head: survey.head)
      var header = TailFacts.Header.absent
      reading: while true {
        switch try scan.next() {
        case .block: continue
        case .none(let found):
          header = found
          break reading
        }
      }
      if scan.place.offset != segment.end || scan.place.head != segment.head {
        survey.findings.append(sealedDamage(scan, header, segment))
      }
    }
    survey.index.add(sealed: segment)
    survey.head = segment.head
  }

  /// Verifies block after block, up to the first that is none, and replays those that no snapshot stands for.
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
        survey.index.add(header, chain: scan.place.head.chain, isNew: false)
        if let snapshot = survey.snapshot, header.sequence <= snapshot.place.head.sequence {
          try check(scan, leadsTo: snapshot)
        } else {
          try BlockRecords.forEach(
            in: body, of: header, path: window.path, place: before, behind: survey.snapshot?.revision ?? 0
          ) { (bytes, _) throws(ReplayError) in try replay(bytes) }
          survey.report.blocks += 1
          survey.report.records += Int(header.recordCount)
          survey.report.bytes += header.blockBytes
        }
        lastBlock = before.offset..<scan.place.offset
      }
    }
  }

  /// Whether the chain of blocks passes through the place that the log goes on from behind the snapshot.
  private func check(_ scan: BlockScan, leadsTo snapshot: Manifest.Snapshot) throws(JournalError) {
    guard scan.place.head.sequence == snapshot.place.head.sequence else { return }
    guard scan.place.head == snapshot.place.head, scan.place.offset == snapshot.place.offset else {
      throw mismatch(snapshot, at: scan.place.offset)
    }
  }

  private func mismatch(_ snapshot: Manifest.Snapshot, at offset: Int) -> JournalError {
    JournalError(
      .damaged, path: window.path, offset: offset,
      "the block that ends here is not the one that \(snapshot.fileName) was taken behind")
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
}
