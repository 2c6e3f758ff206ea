internal import ProtobufWire

/// Walks over the records of a block's body, or of what is appended: fields 1 of `gatehouse.journal.v1.Block`.
struct RecordCursor {
  struct Record {
    /// The encoded `gatehouse.journal.v1.Record`, in place.
    var bytes: UnsafeRawBufferPointer
    /// 0 for a note.
    var revision: UInt64
  }

  private static let recordTag = WireTag(field: 1, type: .lengthDelimited).rawValue
  private static let revisionTag = WireTag(field: 1, type: .varint).rawValue

  private var reader: WireReader

  init(_ body: UnsafeRawBufferPointer) {
    reader = WireReader(body)
  }

  /// How many bytes have not been walked over.
  var remaining: Int { reader.remaining }

  /// The next record, nil at the end. A body holds nothing but records, and a record begins with its revision if it has
  /// one: fields are written in the order of their numbers.
  mutating func next() throws(WireError) -> Record? {
    guard let tag = try reader.nextTag() else { return nil }
    guard tag.rawValue == Self.recordTag else { throw .invalidTag }
    let bytes = try reader.lengthDelimited()
    var fields = WireReader(bytes)
    guard let first = try fields.nextTag(), first.rawValue == Self.revisionTag else {
      return Record(bytes: bytes, revision: 0)
    }
    return Record(bytes: bytes, revision: try fields.varint())
  }
}

/// What is known of a run of records.
struct RecordRun: Equatable {
  var count = 0
  /// Events among them; the rest are notes.
  var events = 0
  /// Of the last event; 0 when there is none.
  var lastRevision: UInt64 = 0
  var bytes = 0
}

extension RecordCursor {
  /// Walks over the records at the start of `bytes` that lie within the first `limit` bytes, the events of which must
  /// be numbered on from `revision`.
  ///
  /// - Returns: nil when the bytes are no records, or the numbers are not dense.
  static func run(
    of bytes: UnsafeRawBufferPointer, after revision: UInt64, limit: Int = .max
  ) -> RecordRun? {
    var cursor = RecordCursor(bytes)
    var run = RecordRun()
    var last = revision
    while true {
      do throws(WireError) {
        guard let record = try cursor.next() else { return run }
        let end = bytes.count - cursor.remaining
        guard end <= limit else { return run }
        if record.revision != 0 {
          guard record.revision == last &+ 1 else { return nil }
          last = record.revision
          run.events += 1
          run.lastRevision = last
        }
        run.count += 1
        run.bytes = end
      } catch {
        return nil
      }
    }
  }
}
