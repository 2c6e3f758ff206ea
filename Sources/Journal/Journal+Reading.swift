internal import System

/// Reading what is durable, from any thread, while the log is being written. It waits for the disk, so it is meant for
/// threads that may.
extension Journal {
  /// Bytes read at a time: look-ups of single events want no more.
  private static let windowBytes = 128 << 10

  /// The durable events behind `revision`, in order, without gaps; notes are left out.
  ///
  /// - Parameters:
  ///   - revision: 0 for the very first event.
  ///   - maxBytes: no more records are added once they are this long together; the first one always is.
  /// - Returns: nothing when no durable event is behind `revision`.
  /// - Throws: `damaged` when the disk does not give back what was written.
  public func read(after revision: UInt64, maxBytes: Int) throws(JournalError) -> LogSlice {
    var slice = LogSlice()
    try forEachEvent(from: revision &+ 1) { record in
      guard slice.isEmpty || slice.bytes.count + record.bytes.count <= maxBytes else { return false }
      slice.append(record)
      return true
    }
    return slice
  }

  /// The record of one event; nil when it is not durable, or never was.
  ///
  /// - Throws: `damaged` when the disk does not give back what was written.
  public func record(at revision: UInt64) throws(JournalError) -> [UInt8]? {
    var found: [UInt8]?
    try forEachEvent(from: revision) { record in
      if record.revision == revision { found = Array(record.bytes) }
      return false
    }
    return found
  }

  /// Hands durable events to `body`, from the first that is numbered `revision` or more, until it returns false.
  private func forEachEvent(
    from revision: UInt64, _ body: (RecordCursor.Record) -> Bool
  ) throws(JournalError) {
    guard revision > 0, var place = index.place(of: revision) else { return }
    let window = FileWindow(bytes: Self.windowBytes)
    while true {
      guard try open(place.segment, fileBytes: place.end, window) else {
        // Let go in the meantime: what is left begins further on.
        guard let next = index.place(of: revision), next.segment != place.segment else { return }
        place = next
        continue
      }
      if place.isUnmarked {
        try mark(place)
        place = index.place(of: revision) ?? place
      }
      guard try forEachEvent(from: revision, in: window, place, body), let next = index.start(after: place.segment)
      else { return }
      place = next
    }
  }

  /// Turns the window to a segment.
  ///
  /// - Returns: false when the segment is no longer part of the log.
  private func open(_ segment: UInt64, fileBytes: Int, _ window: FileWindow) throws(JournalError) -> Bool {
    let name = FileName.segment(segment)
    do {
      window.open(try directory.open(name, .read), path: directory.path(of: name), fileBytes: fileBytes)
      return true
    } catch {
      guard !index.segments.contains(where: { $0.number == segment }) else { throw error }
      return false
    }
  }

  /// Finds the blocks of a segment that the start has passed over, by their headers alone.
  private func mark(_ place: LogIndex.Place) throws(JournalError) {
    let window = FileWindow(bytes: Format.alignment)
    guard try open(place.segment, fileBytes: place.end, window) else { return }
    var marks: [LogIndex.Mark] = []
    var offset = Format.segmentHeaderBytes
    while offset < place.end {
      let header = try header(window, place, offset)
      if marks.last.map({ offset - $0.offset >= LogIndex.markDistance }) ?? true {
        marks.append(LogIndex.Mark(revision: header.firstRevision, offset: offset))
      }
      offset += header.blockBytes
    }
    index.mark(segment: place.segment, marks)
  }

  /// - Returns: whether to go on in the next segment.
  private func forEachEvent(
    from revision: UInt64, in window: FileWindow, _ place: LogIndex.Place, _ body: (RecordCursor.Record) -> Bool
  ) throws(JournalError) -> Bool {
    var offset = place.offset
    while offset < place.end {
      let header = try header(window, place, offset)
      if header.lastRevision >= revision {
        var cursor = RecordCursor(try checkedBody(window, header))
        while let record = try next(&cursor, window, offset) {
          guard record.revision >= revision, record.revision != 0 else { continue }
          guard body(record) else { return false }
        }
      }
      offset += header.blockBytes
    }
    return true
  }

  private func header(_ window: FileWindow, _ place: LogIndex.Place, _ offset: Int) throws(JournalError) -> BlockHeader
  {
    guard case .whole(let header) = BlockHeader.read(try window.bytes(offset..<offset + Format.headerBytes)),
      header.storeID == storeID, header.segment == place.segment, header.offset == UInt64(offset),
      header.bodyBytes <= UInt32(Format.maximumBodyBytes), header.blockBytes <= place.end - offset
    else { throw JournalError(.damaged, path: window.path, offset: offset, "the header of a block is damaged") }
    return header
  }

  private func checkedBody(_ window: FileWindow, _ header: BlockHeader) throws(JournalError) -> UnsafeRawBufferPointer {
    let start = Int(header.offset) + Format.headerBytes
    let body = try window.bytes(start..<start + Int(header.bodyBytes))
    guard CRC32C.checksum(body) == header.bodyChecksum else {
      throw JournalError(.damaged, path: window.path, offset: Int(header.offset), "a block is damaged")
    }
    return body
  }

  private func next(
    _ cursor: inout RecordCursor, _ window: FileWindow, _ offset: Int
  ) throws(JournalError) -> RecordCursor.Record? {
    do {
      return try cursor.next()
    } catch {
      throw JournalError(.damaged, path: window.path, offset: offset, "not a block of records: \(error)")
    }
  }
}
