internal import System

/// Reads the blocks of scattered segments in their order, as far as each continues the one before.
struct FragmentReader {
  private let fragments: [LogFragments.Fragment]
  private let storeID: StoreID
  private let window = FileWindow()
  /// The fragment that is being read; nil before the first block.
  private var current: Int?
  private var scan: BlockScan?
  /// Right behind the last block.
  private(set) var place: LogPlace

  /// - Parameter place: where the first block is to begin, and what it must continue.
  init(_ fragments: LogFragments, from place: LogPlace) {
    self.fragments = fragments.fragments
    storeID = fragments.storeID
    self.place = place
  }

  /// A block and where it lies. The body is valid until the next call.
  struct Block {
    var header: BlockHeader
    var body: UnsafeRawBufferPointer
    /// The place of the block.
    var place: BlockHeader.Place
    var path: String
  }

  /// The next block; nil when no fragment goes on where the last block ended.
  mutating func next() throws(JournalError) -> Block? {
    if var scan, let block = try next(in: &scan) {
      self.scan = scan
      return block
    }
    for (index, offset) in candidates {
      guard let candidate = try open(index, at: offset) else { continue }
      var scan = candidate
      guard let block = try next(in: &scan) else { continue }
      current = index
      self.scan = scan
      return block
    }
    return nil
  }

  /// Where the log may go on: in a copy of the present segment, at the same place; or at the start of a later one.
  private var candidates: [(index: Int, offset: Int)] {
    fragments.indices.compactMap { index in
      let number = fragments[index].number
      guard index != current, number >= place.segment else { return nil }
      return (index, number == place.segment ? place.offset : Format.segmentHeaderBytes)
    }
  }

  private func open(_ index: Int, at offset: Int) throws(JournalError) -> BlockScan? {
    let fragment = fragments[index]
    guard offset < fragment.fileBytes else { return nil }
    let file = try fragment.directory.open(fragment.name, .read)
    window.open(file, path: fragment.path, fileBytes: fragment.fileBytes)
    return BlockScan(
      window, storeID: storeID, segment: fragment.number, from: offset, end: fragment.fileBytes,
      head: place.head)
  }

  /// What the disk does not give back is no block.
  private mutating func next(in scan: inout BlockScan) throws(JournalError) -> Block? {
    let before = scan.place
    do throws(JournalError) {
      guard case .block(let header, let body) = try scan.next() else { return nil }
      place = LogPlace(segment: header.segment, offset: scan.place.offset, head: scan.place.head)
      return Block(header: header, body: body, place: before, path: window.path)
    } catch {
      guard error.kind == .damaged else { throw error }
      return nil
    }
  }

  /// The file in which the log ends, or would begin; nil when there is none.
  var path: String? { (current ?? fragments.firstIndex { $0.number >= place.segment }).map { fragments[$0].path } }

  // MARK: What was not reached

  /// What lies where the log would go on and in later segments.
  struct Leftover {
    var path: String
    var offset: Int
    /// The block there, if it is whole, its body included.
    var block: BlockHeader?
    /// Bytes that are no whole block: this page of them.
    var brokenBytes: Int
  }

  /// Goes over all that was not reached, page by page, and hands out what is not zero.
  ///
  /// - Parameter body: returns whether to go on.
  func forEachLeftover(_ body: (Leftover) -> Bool) throws(JournalError) {
    // What was read last is looked at too, behind its last block.
    let places = candidates + (current.map { [(index: $0, offset: place.offset)] } ?? [])
    for (index, start) in places.sorted(by: { fragments[$0.index].number < fragments[$1.index].number }) {
      guard try open(index, at: start) != nil else { continue }
      guard try leftovers(of: fragments[index], from: start, body) else { return }
    }
  }

  private func leftovers(
    of fragment: LogFragments.Fragment, from start: Int, _ body: (Leftover) -> Bool
  ) throws(JournalError) -> Bool {
    var offset = start
    while offset < fragment.fileBytes {
      let page = offset..<min(offset + Format.alignment, fragment.fileBytes)
      var leftover = Leftover(path: fragment.path, offset: offset, brokenBytes: page.count)
      var isZero = false
      do throws(JournalError) {
        isZero = ZeroRun.isZero(try window.bytes(page))
        leftover.block = try isZero ? nil : wholeBlock(at: offset, of: fragment)
      } catch {
        guard error.kind == .damaged else { throw error }
      }
      if leftover.block != nil { leftover.brokenBytes = 0 }
      if !isZero, !body(leftover) { return false }
      offset += leftover.block?.blockBytes ?? Format.alignment
    }
    return true
  }

  private func wholeBlock(at offset: Int, of fragment: LogFragments.Fragment) throws(JournalError) -> BlockHeader? {
    guard fragment.fileBytes - offset >= Format.headerBytes,
      case .whole(let header) = BlockHeader.read(try window.bytes(offset..<offset + Format.headerBytes)),
      header.storeID == storeID, header.segment == fragment.number, header.offset == UInt64(offset),
      header.bodyBytes <= UInt32(Format.maximumBodyBytes), header.blockBytes <= fragment.fileBytes - offset
    else { return nil }
    let start = offset + Format.headerBytes
    return CRC32C.checksum(try window.bytes(start..<start + Int(header.bodyBytes))) == header.bodyChecksum
      ? header : nil
  }
}
