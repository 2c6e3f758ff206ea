internal import Confinement
internal import ProtobufWire

/// What one turn of the store has decided so far: encoded records, not yet handed to the journal.
struct TurnBuffer: ~Copyable {
  private(set) var writer = WireWriter()
  private(set) var bodies: [Range<Int>] = []
  private(set) var firstRevision: UInt64 = 0
  private(set) var lastRevision: UInt64 = 0

  var isEmpty: Bool { writer.count == 0 }

  mutating func append(_ record: borrowing JournalRecord) {
    note(record.revision, record.encode(into: &writer))
  }

  /// The same for a record whose customer lies elsewhere.
  mutating func append(_ record: borrowing JournalRecord, of customer: borrowing Lent<CustomerRecord>) {
    note(record.revision, record.encode(with: customer, into: &writer))
  }

  private mutating func note(_ revision: UInt64, _ body: Range<Int>) {
    guard revision != 0 else { return }
    if firstRevision == 0 { firstRevision = revision }
    lastRevision = revision
    bodies.append(body)
  }

  /// The most that room is made for before there is anything to keep: 1 MiB of some 4,000 events.
  private static let expectedBytes = 1 << 20
  private static let expectedEvents = 4096

  /// Hands the records over; the buffer is empty afterwards.
  mutating func take() -> RecordBatch {
    // The next turn decides about as much: its buffers are made as large at once.
    var taken = WireWriter(capacity: min(writer.count, Self.expectedBytes))
    swap(&taken, &writer)
    let batch = RecordBatch(
      bytes: taken,
      bodies: bodies,
      firstRevision: firstRevision,
      lastRevision: lastRevision
    )
    bodies = []
    bodies.reserveCapacity(min(batch.eventCount, Self.expectedEvents))
    firstRevision = 0
    lastRevision = 0
    return batch
  }
}
