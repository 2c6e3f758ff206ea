internal import System

/// Writes blocks, one after another: each is on the disk before the next one begins. Between two calls it can be handed
/// from thread to thread; it is never used by two at once.
///
/// After it has thrown it must not be used again: what is on the disk is unknown.
final class LogWriter {
  let index: LogIndex
  /// How long each block took to reach the disk.
  let flushes = FlushRecorder()
  /// Watches whatever waits for the disk.
  let watchdog: FlushWatchdog
  let now: @Sendable () -> UInt64
  private let directory: DataDirectory
  let manifest: ManifestFile
  private let watermark: WatermarkFile
  private let spares: SpareShelf
  /// The segment being written.
  private var active: SpareSegment
  /// Where the next block goes.
  private var offset: Int
  /// Whether nothing is to be written to the segment any more, because an earlier start wrote to it.
  private var isClosed: Bool
  private(set) var head: LogHead
  /// Where the last block ends in its segment.
  private var durableEnd: Int

  /// - Parameters:
  ///   - active: the last segment of the manifest; no block is in it, unless it is closed.
  ///   - closedEnd: where a segment ends that an earlier start wrote to. There was no room for another one yet.
  init(
    directory: DataDirectory, manifest: ManifestFile, watermark: WatermarkFile, spares: SpareShelf, index: LogIndex,
    active: SpareSegment, closedEnd: Int?, head: LogHead, options: JournalOptions
  ) {
    now = options.now
    watchdog = FlushWatchdog(now: options.now, warn: options.onSlowFlush)
    self.directory = directory
    self.manifest = manifest
    self.watermark = watermark
    self.spares = spares
    self.index = index
    self.active = active
    self.head = head
    offset = closedEnd ?? Format.segmentHeaderBytes
    isClosed = closedEnd != nil
    durableEnd = Int(truncatingIfNeeded: watermark.watermark.end)
    bypassCache()
  }

  /// Whole pages are all that is written, and nothing is read by this open file any more: a segment that an earlier
  /// start made has been looked through.
  private func bypassCache() { active.file.bypassCache() }

  /// Makes what was gathered durable: in one block, or in several when it does not fit one.
  ///
  /// - Parameter progress: called behind each block with the bytes of the body that are durable.
  func write(_ buffer: BlockBuffer, progress: (Int) -> Void) throws(JournalError) {
    var start = 0
    while start < buffer.bodyBytes {
      let whole = Format.blockBytes(body: min(buffer.bodyBytes - start, Format.maximumBodyBytes))
      if isClosed || whole > active.fileBytes - offset && offset > Format.segmentHeaderBytes { try rotate() }
      let limit = min(Format.maximumBodyBytes, active.fileBytes - offset - Format.headerBytes)
      let run = run(of: buffer, from: start, limit: limit)
      try writeBlock(buffer, start..<start + run.bytes, run)
      start += run.bytes
      progress(start)
    }
  }

  private func run(of buffer: BlockBuffer, from start: Int, limit: Int) -> RecordRun {
    if start == 0, buffer.bodyBytes <= limit, let last = buffer.appends.last {
      return RecordRun(
        count: last.records, events: 0, lastRevision: last.lastRevision, bytes: buffer.bodyBytes)
    }
    guard let run = RecordCursor.run(of: buffer.body(from: start), after: head.revision, limit: limit), run.count > 0
    else { preconditionFailure("what was gathered was checked when it was appended, and each record fits a segment") }
    return run
  }

  private func writeBlock(_ buffer: BlockBuffer, _ range: Range<Int>, _ run: RecordRun) throws(JournalError) {
    let body = UnsafeRawBufferPointer(rebasing: buffer.body(from: range.lowerBound)[..<range.count])
    let header = BlockHeader(
      storeID: watermark.watermark.storeID, segment: active.number, offset: UInt64(offset), sequence: head.sequence + 1,
      firstRevision: head.revision + 1, lastRevision: max(run.lastRevision, head.revision),
      recordCount: UInt32(run.count), bodyBytes: UInt32(range.count), durableSequence: head.sequence,
      durableEnd: UInt64(durableEnd), previousChain: head.chain, bodyChecksum: CRC32C.checksum(body))
    var chain: UInt64 = 0
    try buffer.withBlock(range) { bytes in
      header.encode(into: bytes)
      chain = ChainHash.value(of: UnsafeRawBufferPointer(bytes))
    } write: { (block) throws(JournalError) in
      try watchdog.watching { () throws(JournalError) in
        try withPath(directory.path(of: FileName.segment(active.number))) { () throws(SystemError) in
          try active.file.write(block, at: offset)
          let began = now()
          try active.file.synchronizeData()
          let ended = now()
          flushes.record(nanoseconds: ended - began, now: ended)
        }
      }
    }
    offset += header.blockBytes
    durableEnd = offset
    head = LogHead(sequence: header.sequence, revision: header.lastRevision, chain: chain)
    try watermark.advance(to: head.sequence, segment: active.number, end: offset)
    index.add(header, chain: chain, isNew: true)
  }

  /// Ends the active segment and goes on in the next one, which is listed durably before its first block is written.
  private func rotate() throws(JournalError) {
    let next = try spares.take()
    try watchdog.watching { () throws(JournalError) in
      try manifest.update { manifest in
        manifest.seal(end: offset, head: head, fileBytes: active.fileBytes)
        manifest.activate(next)
      }
    }
    index.add(segment: next.number)
    active = next
    bypassCache()
    offset = Format.segmentHeaderBytes
    isClosed = false
  }

  /// Puts the watermark on the disk, so that after a loss of power nothing up to here can be taken for a torn tail.
  func synchronizeWatermark() throws(JournalError) {
    try watchdog.watching { () throws(JournalError) in try watermark.synchronize() }
  }
}

extension Manifest {
  /// Seals the active segment.
  mutating func seal(end: Int, head: LogHead, fileBytes: Int) {
    let last = segments.count - 1
    segments[last].state = .sealed
    segments[last].end = end
    segments[last].head = head
    segments[last].fileBytes = fileBytes
  }

  /// Lists a segment as the active one. Precondition: the last one is sealed.
  mutating func activate(_ spare: SpareSegment) {
    let head = sealedHead
    segments.append(
      Segment(
        number: spare.number, fileBytes: spare.fileBytes, state: .active, firstSequence: head.sequence + 1,
        end: Format.segmentHeaderBytes, head: head))
  }
}
