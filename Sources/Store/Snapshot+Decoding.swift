internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire

// The way back from `gatehouse.journal.v1.Snapshot`. As with records, the journal has checked that the bytes are the
// ones that were written; whether they make sense is checked here.

extension StoreState {
  /// Takes in a piece of a snapshot; see `RestoredPiece`.
  mutating func restore(_ piece: RestoredPiece) throws(ReplayError) {
    switch piece {
    case .beginning: self = StoreState(idempotencyWindow: idempotencyWindow)
    case .chunk(let bytes):
      do throws(RecordError) {
        try restore(chunk: bytes)
      } catch {
        throw ReplayError("a part of the snapshot is not understood: \(error)")
      }
    case .end:
      guard let expected = restoredCount, expected == customers.count else {
        throw ReplayError(
          "the snapshot holds \(customers.count) customers instead of \(restoredCount.map(String.init) ?? "?")")
      }
    }
  }

  private mutating func restore(chunk bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Snapshot.Field
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.head: try restore(head: value.bytes)
      case Field.customers: try restore(customer: value.bytes)
      case Field.answers: try restore(answer: value.bytes)
      default: break
      }
    }
  }

  private mutating func restore(head bytes: UnsafeRawBufferPointer) throws(RecordError) {
    let decoded: GatehouseJournalV1.SnapshotHead
    do throws(WireError) {
      decoded = try GatehouseJournalV1.SnapshotHead(decoding: bytes)
    } catch {
      throw .malformed
    }
    guard let count = Int(exactly: decoded.customers), count <= Int(Slot.max), restoredCount == nil else {
      throw .invalid(message: "SnapshotHead", field: GatehouseJournalV1.SnapshotHead.Field.customers)
    }
    var tenants: [(name: String, statistics: Statistics)] = []
    for tenant in decoded.tenants {
      guard
        let statistics = Statistics(
          states: tenant.states, transitions: tenant.transitions, attention: tenant.attention)
      else {
        throw .invalid(message: "SnapshotTenant", field: GatehouseJournalV1.SnapshotTenant.Field.states)
      }
      tenants.append((tenant.name, statistics))
    }
    begin(
      SnapshotHead(
        revision: decoded.revision, lastTime: Timestamp(microseconds: decoded.lastAt), customerCount: count,
        keySeed: (decoded.keySeedFirst, decoded.keySeedSecond), tenants: tenants))
  }

  private mutating func restore(customer bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.SnapshotCustomer.Field
    var customer: CustomerRecord?
    var revision: UInt64 = 0
    var updatedAt = Timestamp(microseconds: 0)
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.customer: customer = try CustomerRecord.decode(value.bytes).1
      case Field.revision: revision = value.varint
      case Field.updatedAt: updatedAt = value.time
      default: break
      }
    }
    guard var customer else { throw .invalid(message: "SnapshotCustomer", field: Field.customer) }
    customer.revision = revision
    customer.updatedAt = updatedAt
    do throws(StoreStateError) {
      try restore(customer)
    } catch {
      throw .invalid(message: "SnapshotCustomer", field: Field.revision)
    }
  }

  private mutating func restore(answer bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.SnapshotAnswer.Field
    var key: SipHash.Digest?
    var entry = IdempotencyWindow.Entry(
      digest: RequestDigest(low: 0, high: 0), revision: 0, form: 0, refusal: 0, slot: 0,
      lapsesAt: Timestamp(microseconds: 0))
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.key:
        let words = try value.customerID()
        key = SipHash.Digest(low: words.low, high: words.high)
      case Field.digest:
        let words = try value.customerID()
        entry.digest = RequestDigest(low: words.low, high: words.high)
      case Field.revision: entry.revision = value.varint
      case Field.form: entry.form = value.narrow()
      case Field.refusal: entry.refusal = value.narrow()
      case Field.lapsesAt: entry.lapsesAt = value.time
      case Field.customer: entry.slot = value.narrow()
      default: break
      }
    }
    guard let key, entry.slot < customers.count else { throw .invalid(message: "SnapshotAnswer", field: Field.key) }
    idempotency.remember(entry, under: key)
  }
}
