internal import System

/// The bytes of one file of a backup, from front to back.
protocol BackupContent {
  /// Turns the window to this file, before anything else is asked.
  mutating func begin(_ window: FileWindow) throws(JournalError)
  /// Some of the bytes from `offset` on, verified: at least one, at most `limit`. Offsets never go back.
  mutating func bytes(from offset: Int, limit: Int, _ window: FileWindow) throws(JournalError) -> [UInt8]
}

/// A file that is composed for the backup.
struct ComposedContent: BackupContent {
  let all: [UInt8]

  mutating func begin(_ window: FileWindow) {}

  mutating func bytes(from offset: Int, limit: Int, _ window: FileWindow) -> [UInt8] {
    Array(all[offset..<min(all.count, offset + limit)])
  }
}

/// The durable part of a segment. Each block is verified as recovery does, in the memory that it is handed out from, so
/// that damage is never copied.
struct SegmentContent: BackupContent {
  let file: any File
  let path: String
  /// As the backup's manifest has it: nothing behind its end is ever read.
  let segment: Manifest.Segment
  let storeID: StoreID
  /// The log before the segment.
  let before: LogHead

  private var scan: BlockScan?
  /// What was verified last and can be handed out.
  private var verified = 0..<0

  init(_ file: any File, path: String, _ segment: Manifest.Segment, before: LogHead, storeID: StoreID) {
    self.file = file
    self.path = path
    self.segment = segment
    self.storeID = storeID
    self.before = before
  }

  mutating func begin(_ window: FileWindow) throws(JournalError) {
    window.open(file, path: path, fileBytes: segment.end)
    let header = SegmentHeader.read(try window.bytes(0..<Format.segmentHeaderBytes))
    guard case .whole(let header) = header, header.storeID == storeID, header.number == segment.number else {
      throw JournalError(.damaged, path: path, offset: 0, "the header of the segment is damaged")
    }
    verified = 0..<Format.segmentHeaderBytes
    scan = BlockScan(
      window, storeID: storeID, segment: segment.number, from: Format.segmentHeaderBytes, end: segment.end, head: before
    )
  }

  mutating func bytes(from offset: Int, limit: Int, _ window: FileWindow) throws(JournalError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(limit, segment.end - offset))
    while bytes.count < limit, offset + bytes.count < segment.end {
      let next = offset + bytes.count
      if next >= verified.upperBound {
        try verifyBlock()
      } else {
        let end = min(verified.upperBound, offset + limit)
        bytes.append(contentsOf: try window.bytes(next..<end))
      }
    }
    return bytes
  }

  private mutating func verifyBlock() throws(JournalError) {
    guard let start = scan?.place.offset, case .block? = try scan?.next(), let place = scan?.place else {
      throw JournalError(.damaged, path: path, offset: scan?.place.offset, "a block is damaged")
    }
    verified = start..<place.offset
    guard place.offset < segment.end || place.head == segment.head else {
      throw JournalError(.damaged, path: path, offset: start, "the segment ends otherwise than it was sealed")
    }
  }
}

/// A snapshot. Each chunk is verified like the blocks of a segment.
struct SnapshotContent: BackupContent {
  let file: any File
  let path: String
  /// As the manifest lists it.
  let snapshot: Manifest.Snapshot
  let storeID: StoreID

  private var scan: SnapshotScan?
  /// What was verified last and can be handed out.
  private var verified = 0..<0

  init(_ file: any File, path: String, _ snapshot: Manifest.Snapshot, storeID: StoreID) {
    self.file = file
    self.path = path
    self.snapshot = snapshot
    self.storeID = storeID
  }

  mutating func begin(_ window: FileWindow) throws(JournalError) {
    window.open(file, path: path, fileBytes: snapshot.fileBytes)
    let scan = try SnapshotScan(window, storeID: storeID)
    guard scan.header.place == snapshot.place, scan.header.revision == snapshot.revision else {
      throw JournalError(.damaged, path: path, offset: 0, "is another snapshot than the manifest lists")
    }
    self.scan = scan
    verified = 0..<Format.headerBytes
  }

  mutating func bytes(from offset: Int, limit: Int, _ window: FileWindow) throws(JournalError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(limit, snapshot.fileBytes - offset))
    while bytes.count < limit, offset + bytes.count < snapshot.fileBytes {
      let next = offset + bytes.count
      if next >= verified.upperBound {
        try verifyChunk()
      } else {
        bytes.append(contentsOf: try window.bytes(next..<min(verified.upperBound, offset + limit)))
      }
    }
    return bytes
  }

  private mutating func verifyChunk() throws(JournalError) {
    let start = verified.upperBound
    let body = try scan?.next()
    verified = start..<start + Format.chunkHeaderBytes + (body?.count ?? 0)
    guard body != nil || scan?.chunks == snapshot.chunks && scan?.chain == snapshot.chain else {
      throw JournalError(.damaged, path: path, offset: start, "is another snapshot than the manifest lists")
    }
  }
}
