/// Reading fragments into a copy.
extension LogFragments {
  /// How far a log was read.
  public struct Extent: Equatable, Sendable {
    /// Of the last event that was wanted.
    public var revision: UInt64
    /// Whether the reading ended because no more was wanted.
    public var isAsWanted: Bool
    /// Where the last block that was read ends.
    var place: LogPlace
    public var path: String
    public var offset: Int { place.offset }
    public var blocks: UInt64 { place.head.sequence }
  }

  /// Before the first block of a log.
  var beginning: LogPlace {
    LogPlace(segment: 0, offset: Format.segmentHeaderBytes, head: Manifest(new: storeID).base)
  }

  /// Reads the log as far as it is whole, or wanted, into a copy.
  ///
  /// - Parameters:
  ///   - copy: a new one that begins where the start does; nil to read only.
  ///   - progress: told behind each block how many bytes of log have been read.
  ///   - restore: given the oldest snapshot of the start, if there is one, piece by piece, before all records. The
  ///     first records may be part of it already.
  ///   - record: given each record, in order, notes included; returns whether it is wanted. Nothing behind the first
  ///     that is not is read. The bytes are valid within the call.
  /// - Throws: `refusedRecord` when `restore` or `record` throws; what the disk throws.
  @discardableResult
  public func read(
    from start: LogStart, into copy: LogCopy?, progress: (Int) -> Void = { _ in },
    restore: (RestoredPiece) throws(ReplayError) -> Void,
    record: (UnsafeRawBufferPointer) throws(ReplayError) -> Bool
  ) throws(JournalError) -> Extent {
    if let first = start.snapshots.first { try give(first, to: restore) }
    var reader = FragmentReader(self, from: start.place)
    var snapshots = start.snapshots[...]
    var extent = Extent(revision: start.baseRevision, isAsWanted: false, place: reader.place, path: start.extent.path)
    var readBytes = 0
    while true {
      while let next = snapshots.first, next.header.place.head.sequence <= reader.place.head.sequence {
        try copy?.add(next, of: storeID)
        snapshots.removeFirst()
      }
      guard !extent.isAsWanted, let block = try reader.next() else { break }
      var wanted = 0
      try BlockRecords.forEach(in: block.body, of: block.header, path: block.path, place: block.place) {
        (bytes, found) throws(ReplayError) in
        guard !extent.isAsWanted, try record(bytes) else {
          extent.isAsWanted = true
          return
        }
        wanted = block.body.count - found.remaining
        if found.revision != 0 { extent.revision = found.revision }
      }
      try copy?.append(UnsafeRawBufferPointer(rebasing: block.body[..<wanted]))
      readBytes += block.header.blockBytes
      progress(readBytes)
    }
    extent.place = reader.place
    extent.path = reader.path ?? extent.path
    return extent
  }

  /// Hands a snapshot out, piece by piece.
  public func give(
    _ snapshot: SnapshotFragment, to restore: (RestoredPiece) throws(ReplayError) -> Void
  ) throws(JournalError) {
    func hand(_ piece: RestoredPiece) throws(JournalError) {
      do throws(ReplayError) {
        try restore(piece)
      } catch {
        throw JournalError(.refusedRecord, path: snapshot.directory.path(of: snapshot.name), error.detail)
      }
    }
    try hand(.beginning(revision: snapshot.revision))
    try snapshot.read(storeID) { (body) throws(JournalError) in try hand(.chunk(body)) }
    try hand(.end)
  }

  /// Refuses what lies behind a log that was read to its end: a gap, damage, or another history.
  ///
  /// - Parameter torn: a write that was interrupted, which is no part of the log.
  /// - Throws: `damaged`, naming the place.
  public func requireNothing(
    behind extent: Extent, but torn: JournalVerification.TornTail? = nil
  ) throws(JournalError) {
    let reader = FragmentReader(self, from: extent.place)
    var found: FragmentReader.Leftover?
    try reader.forEachLeftover { leftover in
      let page = leftover.offset..<leftover.offset + Format.alignment
      if let torn, torn.path == leftover.path, page.overlaps(torn.offset..<torn.offset + torn.bytes) { return true }
      found = leftover
      return false
    }
    guard let found else { return }
    let whole = "the log is whole up to block \(extent.blocks), revision \(extent.place.head.revision)"
    let what =
      if let block = found.block {
        block.sequence > extent.blocks + 1
          ? "\(whole), and goes on here with block \(block.sequence): the blocks between are missing"
          : "\(whole), and another block \(block.sequence) is here: of another history of the same store"
      } else {
        "\(whole); what is here is no block that continues it"
      }
    throw JournalError(.damaged, path: found.path, offset: found.offset, what)
  }
}
