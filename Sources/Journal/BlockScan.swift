internal import System

/// Reads the blocks of one segment in their order.
struct BlockScan {
  let window: FileWindow
  /// Where the next block starts, and what it must continue.
  private(set) var place: BlockHeader.Place

  enum Finding {
    /// The next block, whole. The body is valid until the next call.
    case block(BlockHeader, body: UnsafeRawBufferPointer)
    /// Something else; ``TailFacts/Header/fitting`` when the header is right and the body is not.
    case none(TailFacts.Header)
  }

  /// - Parameter end: where the part of the segment ends that may hold blocks.
  init(_ window: FileWindow, storeID: StoreID, segment: UInt64, from offset: Int, end: Int, head: LogHead) {
    self.window = window
    place = BlockHeader.Place(
      storeID: storeID, segment: segment, offset: offset, segmentBytes: end, head: head)
  }

  /// Verifies what is at the present place, and goes on behind it when it is the next block.
  mutating func next() throws(JournalError) -> Finding {
    let start = place.offset
    guard place.segmentBytes - start >= Format.alignment else { return .none(.absent) }
    switch BlockHeader.read(try window.bytes(start..<start + Format.headerBytes)) {
    case .absent: return .none(.absent)
    case .broken: return .none(.broken)
    case .unknown: return .none(.unknown)
    case .whole(let header):
      guard header.continues(place) else { return .none(.misplaced) }
      let bytes = try window.bytes(start..<start + header.blockBytes)
      let bodyEnd = Format.headerBytes + Int(header.bodyBytes)
      let body = UnsafeRawBufferPointer(rebasing: bytes[Format.headerBytes..<bodyEnd])
      guard CRC32C.checksum(body) == header.bodyChecksum,
        ZeroRun.isZero(UnsafeRawBufferPointer(rebasing: bytes[bodyEnd...]))
      else { return .none(.fitting) }
      place.offset += header.blockBytes
      place.head = LogHead(
        sequence: header.sequence, revision: header.lastRevision,
        chain: ChainHash.value(of: UnsafeRawBufferPointer(rebasing: bytes[..<Format.headerBytes])))
      return .block(header, body: body)
    }
  }
}

/// What lies behind the last good block of the active segment.
struct TailScan {
  private(set) var facts: TailFacts
  /// What is not zero there, rounded out to whole sectors; nil when all is zero.
  private(set) var bytes: Range<Int>?

  /// Bytes of a sector: what a disk writes whole.
  private static let sectorBytes = 512

  /// Reads the rest of the segment.
  ///
  /// - Parameters:
  ///   - header: what is at `place`, which is no good block.
  ///   - isAttested: whether it is known already that there must be another block.
  init(
    _ window: FileWindow, place: BlockHeader.Place, header: TailFacts.Header, isAttested: Bool
  ) throws(JournalError) {
    facts = TailFacts(header: header, isAttested: isAttested, hasBytes: false, hasBytesBeyond: false)
    let reach = try Self.reach(window, place: place, header: header)
    var offset = place.offset
    while offset < place.segmentBytes {
      let page = try window.bytes(offset..<offset + Format.alignment)
      if let first = ZeroRun.firstNonzero(in: page), let last = ZeroRun.lastNonzero(in: page) {
        if offset < reach { facts.hasBytes = true } else { facts.hasBytesBeyond = true }
        let start = bytes?.lowerBound ?? (offset + first) / Self.sectorBytes * Self.sectorBytes
        bytes = start..<(offset + last) / Self.sectorBytes * Self.sectorBytes + Self.sectorBytes
        var here = place
        here.offset = offset
        // A whole block behind this place was only begun when the one here was on the disk.
        if offset > place.offset, case .whole(let later) = BlockHeader.read(page), later.isAt(here) {
          facts.isAttested = true
        }
      }
      offset += Format.alignment
    }
  }

  /// How far the block that may have been torn here can reach.
  private static func reach(
    _ window: FileWindow, place: BlockHeader.Place, header: TailFacts.Header
  ) throws(JournalError) -> Int {
    let longest = min(place.segmentBytes, place.offset + Format.blockBytes(body: Format.maximumBodyBytes))
    guard header == .fitting,
      case .whole(let torn) = BlockHeader.read(try window.bytes(place.offset..<place.offset + Format.headerBytes))
    else { return longest }
    return place.offset + torn.blockBytes
  }
}
