internal import ByteText
internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import System
internal import Testing
internal import Wallet

@testable import Store

/// A start from a snapshot comes to the same store as a start from the whole log.
@Suite struct SnapshotTests {
  /// What a store knows, as far as it can be asked.
  private struct Knowledge: Equatable {
    var customers: [CustomerRecord]
    var totals: Statistics
    var tenants: [Statistics]
    var revision: UInt64
    var isBarred: Bool

    init(_ store: isolated CustomerStore) {
      customers = (0..<store.customerCount).map { store[Slot($0)] }
      totals = store.statistics(tenant: nil)
      tenants = Set(customers.map(\.tenant)).sorted().map { store.statistics(tenant: $0) }
      revision = store.revision
      isBarred = customers.allSatisfy { customer in
        customer.standing.state != .rejected || store.state.barredAddresses.contains(customer.account.address)
      }
    }
  }

  private static func snapshot(_ fixture: StoreFixture) throws -> SnapshotStatus {
    let answer = Monitor<Result<SnapshotStatus, JournalError>?>(nil)
    fixture.store.takeSnapshot { result in
      answer.withLock { $0 = result }
      answer.broadcast()
    }
    return try answer.wait { $0 }.get()
  }

  private static func call(_ key: String, _ fixture: StoreFixture) -> RepeatCheck {
    fixture.turn { store in
      [7].withUnsafeBytes {
        store.checkRepeat(key: key, principal: "test", method: "a/B", form: 2, request: $0)
      }
    }
  }

  /// Customers in every state, of two tenants, with answers that are remembered.
  private static func live(_ fixture: StoreFixture) {
    for number in UInt8(1)...40 { _ = fixture.create(number) }
    for number in UInt8(1)...20 {
      let id = fixture.turn { store in store[Slot(number - 1)].id }
      fixture.activate(fixture.turn { store in store[Slot(number - 1)] })
      if number % 3 == 0 { fixture.perform(.deactivate(.risk, reason: "risk"), on: id) }
      if number % 5 == 0 { fixture.perform(.reject(reason: "fraud"), on: id) }
    }
  }

  @Test func aStartFromASnapshotKnowsTheSame() throws {
    let fixture = try StoreFixture()
    Self.live(fixture)
    guard case .fresh(let answered) = Self.call("k", fixture) else {
      Issue.record("a key that was never used is fresh")
      return
    }
    _ = fixture.create(99, call: answered)
    let snapshot = try Self.snapshot(fixture)
    let id = fixture.turn { store in store[Slot(1)].id }
    fixture.perform(.reject(reason: "later"), on: id)
    let before = fixture.turn { Knowledge($0) }
    #expect(snapshot.revision + 1 == before.revision)

    try fixture.reopen()
    #expect(fixture.report.snapshotRevision == snapshot.revision)
    #expect(fixture.report.records == 1, "only what is behind the snapshot is replayed")
    #expect(fixture.turn { Knowledge($0) } == before)
    #expect(before.isBarred)
    guard case .answered(let repeated) = Self.call("k", fixture) else {
      Issue.record("the answer is remembered across the snapshot")
      return
    }
    #expect(repeated.customer.externalID == "external-99" && repeated.form == 2)
    #expect(fixture.turn { store in store.slot(of: id, visibleTo: nil) } == 1)
    #expect(fixture.turn { store in store.slot(ofExternalID: "external-3", tenant: "default") } == 2)
  }

  @Test func aSecondSnapshotOfTheSameIsTheFirst() throws {
    let fixture = try StoreFixture()
    _ = fixture.create(1)
    let first = try Self.snapshot(fixture)
    #expect(try Self.snapshot(fixture) == first)
    _ = fixture.create(2)
    let second = try Self.snapshot(fixture)
    #expect(second.revision == first.revision + 1 && second.file != first.file)
  }

  /// What changes while a snapshot is made is in it as it was when the snapshot was begun.
  @Test func customersThatChangeMeanwhileAreKeptAsTheyWere() throws {
    var state = StoreState(idempotencyWindow: 1000)
    for revision in UInt64(1)...5 { try state.take(Self.creation(revision)) }
    #expect(state.snapshotHead.customerCount == 5 && state.snapshotHead.revision == 5)
    let view = state.freeze(limit: 2)
    let small = state.freeze(limit: 1)
    let first = state.nextFrozen(2, of: view) ?? []
    let firstOfSmall = state.nextFrozen(1, of: small)
    #expect(firstOfSmall == Array(first.prefix(1)))
    let originals = (0..<5).map { state[Slot($0)] }
    try state.take(Self.change(6, of: originals[0], to: .active()))
    try state.take(Self.change(7, of: originals[3], to: .active()))
    try state.take(Self.change(8, of: state[3], to: .rejected(reason: "twice")))
    try state.take(Self.creation(9))
    let rest = state.nextFrozen(100, of: view) ?? []
    #expect(first + rest == originals)
    let behindTheEnd = state.nextFrozen(100, of: view)
    #expect(behindTheEnd == [])
    let restOfSmall = state.nextFrozen(100, of: small)
    #expect(restOfSmall == Array(originals[1...]), "one customer had to be kept for it")
    let spoilt = state.freeze(limit: 1)
    let now = state.revision
    try state.take(Self.change(now + 1, of: state[1], to: .active()))
    try state.take(Self.change(now + 2, of: state[2], to: .active()))
    let ofSpoilt = state.nextFrozen(1, of: spoilt)
    #expect(ofSpoilt == nil, "more have changed than were to be kept")
    state.thaw(view)
    let ofThawed = state.nextFrozen(1, of: view)
    #expect(ofThawed == nil)
  }

  @Test func watchersHaveSoManyViewsAndNoMore() throws {
    let fixture = try StoreFixture()
    _ = fixture.create(1)
    let views = fixture.turn { store in (0..<FrozenViews.limit).compactMap { _ in store.freeze() } }
    #expect(Set(views).count == FrozenViews.limit)
    #expect(fixture.turn { $0.freeze() } == nil)
    #expect(try Self.snapshot(fixture).revision == 1, "the store's own snapshots need no leave")
    fixture.turn { store in store.thaw(views[3]) }
    #expect(fixture.turn { $0.freeze() } != nil)
  }

  private static func creation(_ number: UInt64) -> JournalRecord {
    var record = JournalRecordTests.record(JournalRecordTests.standings[0])
    let new = NewCustomer.numbered(UInt8(number))
    record.revision = number
    record.previousRevision = 0
    record.from = nil
    record.customer?.id = CustomerID(high: 1, low: number)
    record.customer?.account = new.account
    record.customer?.externalID = new.externalID
    record.customer?.revision = number
    return record
  }

  private static func change(_ revision: UInt64, of customer: CustomerRecord, to standing: Standing) -> JournalRecord {
    var record = JournalRecordTests.record(standing)
    record.revision = revision
    record.previousRevision = customer.revision
    record.from = customer.standing.state
    record.customer = customer
    record.customer?.revision = revision
    record.customer?.standing = standing
    return record
  }

  /// The encoding is that of the generated message, which reads it back.
  @Test(arguments: JournalRecordTests.standings.indices) func agreesWithTheGeneratedMessage(index: Int) throws {
    var customer = try #require(JournalRecordTests.record(JournalRecordTests.standings[index]).customer)
    customer.revision = 17
    customer.updatedAt = Timestamp(microseconds: 1234)
    var writer = WireWriter()
    customer.encodeForSnapshot(into: &writer)
    let decoded = try writer.withUnsafeBytes { try GatehouseJournalV1.Snapshot(decoding: $0) }
    #expect(decoded.customers.count == 1)
    #expect(decoded.customers[0].revision == 17 && decoded.customers[0].updatedAt == 1234)
    var again = WireWriter()
    decoded.encode(into: &again)
    #expect(writer.withUnsafeBytes { Array($0) } == again.withUnsafeBytes { Array($0) })
  }

  /// Whatever is done to a chunk whose checksum would be right: it is refused, or understood, and never a crash.
  @Test func mutatedChunksAreNoCrash() throws {
    var writer = WireWriter()
    SnapshotHead(
      revision: 9, lastTime: Timestamp(microseconds: 5), customerCount: 1, keySeed: (1, 2),
      tenants: [("default", Statistics())], clockSteps: 0
    ).encode(into: &writer)
    var customer = try #require(JournalRecordTests.record(JournalRecordTests.standings[0]).customer)
    customer.revision = 3
    customer.encodeForSnapshot(into: &writer)
    IdempotencyWindow.Remembered(
      key: SipHash.Digest(low: 1, high: 2),
      entry: IdempotencyWindow.Entry(
        digest: RequestDigest(low: 3, high: 4), revision: 3, form: 1, refusal: 0, slot: 0,
        lapsesAt: Timestamp(microseconds: 99))
    ).encodeForSnapshot(into: &writer)
    let bytes = writer.withUnsafeBytes { Array($0) }
    func restores(_ bytes: [UInt8]) -> Bool {
      var state = StoreState(idempotencyWindow: 1000)
      do {
        try bytes.withUnsafeBytes { bytes in
          try state.restore(.beginning(revision: 9))
          try state.restore(.chunk(bytes))
          try state.restore(.end)
        }
        return true
      } catch {
        return false
      }
    }
    #expect(restores(bytes))
    var refused = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        var mutated = bytes
        mutated[index] ^= 1 << bit
        if !restores(mutated) { refused += 1 }
      }
      if !restores(Array(bytes[..<index])) { refused += 1 }
    }
    #expect(refused > bytes.count)
  }
}
