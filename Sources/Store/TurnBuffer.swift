internal import ProtobufWire

/// What one turn of the store has decided so far: encoded records, not yet handed to the journal.
struct TurnBuffer: ~Copyable {
  private(set) var writer = WireWriter()
  private(set) var bodies: [Range<Int>] = []
  private(set) var firstRevision: UInt64 = 0
  private(set) var lastRevision: UInt64 = 0

  var isEmpty: Bool { writer.count == 0 }

  mutating func append(_ record: borrowing JournalRecord) {
    let start = writer.count
    record.encode(into: &writer)
    guard record.revision != 0 else { return }
    if firstRevision == 0 { firstRevision = record.revision }
    lastRevision = record.revision
    bodies.append(writer.bodyRange(ofMessageAt: start))
  }

  /// Hands the records over; the buffer is empty afterwards.
  mutating func take() -> RecordBatch {
    var taken = WireWriter()
    swap(&taken, &writer)
    let batch = RecordBatch(
      bytes: taken,
      bodies: bodies,
      firstRevision: firstRevision,
      lastRevision: lastRevision
    )
    bodies = []
    firstRevision = 0
    lastRevision = 0
    return batch
  }
}

extension WireWriter {
  /// Where the body of the one-byte-tagged, length-delimited field that begins at `start` and ends here lies.
  fileprivate func bodyRange(ofMessageAt start: Int) -> Range<Int> {
    withUnsafeBytes { bytes in
      var position = start + 1
      while bytes[position] >= 0x80 { position += 1 }
      return (position + 1)..<bytes.count
    }
  }
}
