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

  /// The same for the creation of a customer.
  mutating func append(
    creationOf customer: borrowing Lent<CustomerRecord>, cause: borrowing Cause, answering call: AnsweredCall?
  ) {
    note(
      customer.value.revision,
      JournalRecord.encode(creationOf: customer, cause: cause, answering: call, into: &writer))
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
  /// A record is encoded into room for the longest that it might be: without some to spare, the last of a turn would
  /// have all that is there copied.
  private static let spareBytes = 4096

  /// Hands the records over; the buffer is empty afterwards.
  mutating func take() -> RecordBatch {
    // The next turn decides about as much: its buffers are made as large at once.
    var taken = WireWriter(capacity: min(writer.count + Self.spareBytes, Self.expectedBytes))
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
