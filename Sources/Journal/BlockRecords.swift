internal import System

/// The records of a block whose checksum is right.
enum BlockRecords {
  /// Where a record was found.
  struct Found {
    /// 0 for a note.
    var revision: UInt64
    /// Bytes of the body behind the record.
    var remaining: Int
  }

  /// Hands out the records in order, and holds them against the block's header.
  ///
  /// - Parameters:
  ///   - place: of the block.
  ///   - passed: events up to that revision are counted and passed over.
  /// - Throws: `damaged` when the records are not those that the header tells of, `refusedRecord` when `record` throws.
  static func forEach(
    in body: UnsafeRawBufferPointer, of header: BlockHeader, path: String, place: BlockHeader.Place,
    behind passed: UInt64 = 0, record: (UnsafeRawBufferPointer, Found) throws(ReplayError) -> Void
  ) throws(JournalError) {
    var cursor = RecordCursor(body)
    var count: UInt32 = 0
    var revision = place.head.revision
    while true {
      let next: RecordCursor.Record?
      do {
        next = try cursor.next()
      } catch {
        throw JournalError(
          .damaged, path: path, offset: place.offset,
          "the checksum is right, but this is no block of records: \(error)")
      }
      guard let next else { break }
      count &+= 1
      if next.revision != 0 {
        revision &+= 1
        guard next.revision == revision else { break }
        if revision <= passed { continue }
      }
      do {
        try record(next.bytes, Found(revision: next.revision, remaining: cursor.remaining))
      } catch {
        throw JournalError(
          .refusedRecord, path: path, offset: place.offset,
          "record \(count) of the block, revision \(next.revision): \(error.detail)")
      }
    }
    guard count == header.recordCount, revision == header.lastRevision, cursor.remaining == 0 else {
      throw JournalError(
        .damaged, path: path, offset: place.offset,
        "the checksum is right, but the records are not those that the block's header tells of")
    }
  }
}
