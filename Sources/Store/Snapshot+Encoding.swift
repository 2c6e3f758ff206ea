internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire

// A snapshot as `gatehouse.journal.v1.Snapshot`, a part at a time. Customers and answers are many, and are written
// field by field like records; that both agree with the generated messages is tested.

/// What a snapshot begins with, copied in one turn.
struct SnapshotHead: Sendable {
  var revision: UInt64
  var lastTime: Timestamp
  var customerCount: Int
  var keySeed: (UInt64, UInt64)
  var tenants: [(name: String, statistics: Statistics)]
  var clockSteps: Int64

  func encode(into writer: inout WireWriter) {
    var head = GatehouseJournalV1.SnapshotHead()
    head.revision = revision
    head.lastAt = lastTime.microseconds
    head.customers = UInt64(customerCount)
    head.clockSteps = clockSteps
    head.keySeedFirst = keySeed.0
    head.keySeedSecond = keySeed.1
    head.tenants = tenants.map { tenant in
      var encoded = GatehouseJournalV1.SnapshotTenant()
      encoded.name = tenant.name
      (encoded.states, encoded.transitions) = tenant.statistics.counts
      encoded.attention = tenant.statistics.attention
      return encoded
    }
    writer.message(GatehouseJournalV1.Snapshot.Field.head, head)
  }
}

extension CustomerRecord {
  /// Appends the customer as one element of `gatehouse.journal.v1.Snapshot.customers`.
  func encodeForSnapshot(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.SnapshotCustomer.Field
    writer.message(GatehouseJournalV1.Snapshot.Field.customers) { writer in
      writer.message(Field.customer) { writer in
        writer.append(atMost: maximumEncodedLength) { encode(into: &$0) }
      }
      writer.nonZero(Field.revision, revision)
      writer.nonZero(Field.updatedAt, UInt64(bitPattern: updatedAt.microseconds))
    }
  }
}

extension IdempotencyWindow.Remembered {
  /// Appends the answer as one element of `gatehouse.journal.v1.Snapshot.answers`.
  func encodeForSnapshot(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.SnapshotAnswer.Field
    writer.message(GatehouseJournalV1.Snapshot.Field.answers) { writer in
      withBigEndianBytes(key.high, key.low) { writer.field(Field.key, bytes: $0) }
      entry.digest.withBytes { writer.field(Field.digest, bytes: $0) }
      writer.nonZero(Field.revision, entry.revision)
      writer.nonZero(Field.form, UInt64(entry.form))
      writer.nonZero(Field.refusal, UInt64(entry.refusal))
      writer.nonZero(Field.lapsesAt, UInt64(bitPattern: entry.lapsesAt.microseconds))
      writer.nonZero(Field.customer, UInt64(entry.slot))
    }
  }
}
