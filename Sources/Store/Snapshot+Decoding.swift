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
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.head): try restore(head: try reader.bytes())
      case .bytes(Field.customers): try restore(customer: try reader.bytes())
      case .bytes(Field.answers): try restore(answer: try reader.bytes())
      default: try reader.skip(tag)
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
        keySeed: (decoded.keySeedFirst, decoded.keySeedSecond), tenants: tenants, clockSteps: decoded.clockSteps))
  }

  private mutating func restore(customer bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.SnapshotCustomer.Field
    var customer = EncodedCustomer()
    var revision: UInt64 = 0
    var updatedAt = Timestamp(microseconds: 0)
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.customer): try customer.read(try reader.bytes()) { prefetch($0) }
      case .number(Field.revision): revision = try reader.number()
      case .number(Field.updatedAt): updatedAt = try reader.time()
      default: try reader.skip(tag)
      }
    }
    guard customer.isWhole else { throw .invalid(message: "SnapshotCustomer", field: Field.customer) }
    do throws(StoreStateError) {
      try restore(&customer, revision: revision, updatedAt: updatedAt)
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
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.key):
        let words = try reader.id()
        key = words.map { SipHash.Digest(low: $0.low, high: $0.high) }
      case .bytes(Field.digest):
        let words = try reader.id()
        entry.digest = RequestDigest(low: words?.low ?? 0, high: words?.high ?? 0)
      case .number(Field.revision): entry.revision = try reader.number()
      case .number(Field.form): entry.form = try reader.narrow()
      case .number(Field.refusal): entry.refusal = try reader.narrow()
      case .number(Field.lapsesAt): entry.lapsesAt = try reader.time()
      case .number(Field.customer): entry.slot = try reader.narrow()
      default: try reader.skip(tag)
      }
    }
    guard let key, entry.slot < customers.count else { throw .invalid(message: "SnapshotAnswer", field: Field.key) }
    idempotency.remember(entry, under: key)
  }
}
