internal import ByteText
internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import Testing

@testable import Store

/// What a journal may hold, though its checksums are right, and is not taken for a history.
struct StoreStateTests {
  private func state() -> StoreState { StoreState(idempotencyWindow: 1000) }

  private func creation(_ revision: UInt64) -> JournalRecord {
    var record = JournalRecordTests.record(JournalRecordTests.standings[0])
    record.revision = revision
    record.previousRevision = 0
    record.from = nil
    record.customer?.revision = revision
    return record
  }

  private func change(_ revision: UInt64, after previous: UInt64, from: State, to standing: Standing) -> JournalRecord {
    var record = JournalRecordTests.record(standing)
    record.revision = revision
    record.previousRevision = previous
    record.from = from
    record.customer?.revision = revision
    return record
  }

  @Test func takesAHistoryIn() throws {
    var state = state()
    try state.take(creation(1))
    try state.take(change(2, after: 1, from: .initiating, to: .active()))
    #expect(state.revision == 2)
    #expect(state[0].standing == .active())
    #expect(state.totals.customers(in: .initiating) == 0)
  }

  @Test func refusesAGap() throws {
    var state = state()
    try state.take(creation(1))
    #expect(throws: StoreStateError.revisionOutOfOrder(expected: 2, found: 3)) {
      try state.take(change(3, after: 1, from: .initiating, to: .active()))
    }
  }

  @Test func refusesWhatDoesNotFitTheCustomer() throws {
    var state = state()
    try state.take(creation(1))
    let broken = StoreStateError.historyBroken(revision: 2)
    #expect(throws: broken, "created twice") { try state.take(creation(2)) }
    #expect(throws: broken, "another event before") {
      try state.take(change(2, after: 7, from: .initiating, to: .active()))
    }
    #expect(throws: broken, "another state before") {
      try state.take(change(2, after: 1, from: .active, to: .rejected(reason: "")))
    }
    var stranger = change(2, after: 1, from: .initiating, to: .active())
    stranger.customer?.id = CustomerID(high: 9, low: 9)
    #expect(throws: broken, "a customer that is not there") { try state.take(stranger) }
    #expect(state.revision == 1)
    #expect(state.totals.customers(in: .initiating) == 1)
  }

  @Test func timeNeverRunsBackwards() throws {
    var state = state()
    try state.take(creation(1))
    var earlier = change(2, after: 1, from: .initiating, to: .active())
    earlier.at = Timestamp(microseconds: 5)
    try state.take(earlier)
    #expect(state.lastTime == creation(1).at)
  }

  // MARK: - As a start takes it in

  private func replay(_ record: JournalRecord, into state: inout StoreState) throws {
    var writer = WireWriter()
    record.encode(into: &writer)
    let block = try GatehouseJournalV1.Block(decoding: writer.withUnsafeBytes { Array($0) })
    let bytes = try #require(block.records.first).encoded()
    // Typed errors do not pass through `Array.withUnsafeBytes`.
    let replayed = bytes.withUnsafeBytes { bytes in
      Result { () throws(ReplayError) in try state.replay(bytes) }
    }
    try replayed.get()
  }

  private func other(_ number: UInt8, _ record: JournalRecord, tenant: String = "default") -> JournalRecord {
    let new = NewCustomer.numbered(number)
    var record = record
    record.subject.low += UInt64(number)
    record.customer?.id = record.subject
    record.customer?.account = new.account
    record.customer?.externalID = new.externalID
    record.customer?.tenant = tenant
    return record
  }

  /// What a history comes to is the same whether it is decided or replayed.
  @Test(arguments: JournalRecordTests.standings)
  func aReplayedHistoryIsTheDecidedOne(standing: Standing) throws {
    let history = [
      creation(1), other(1, creation(2)), other(2, creation(3), tenant: "a tenant with a long name"),
      change(4, after: 1, from: .initiating, to: standing), other(3, creation(5), tenant: "a tenant with a long name"),
      change(6, after: 4, from: standing.state, to: .rejected(reason: "a reason of more than fifteen bytes")),
    ]
    var decided = state()
    var replayed = state()
    for record in history {
      try decided.take(record)
      try replay(record, into: &replayed)
    }
    replayed.endReplay()
    #expect(replayed.revision == decided.revision)
    #expect(replayed.lastTime == decided.lastTime)
    #expect(replayed.totals == decided.totals)
    #expect(replayed.barredAddresses == decided.barredAddresses)
    #expect(replayed.idempotency.count == decided.idempotency.count)
    #expect(replayed.customers.count == decided.customers.count)
    for slot in 0..<Slot(decided.customers.count) {
      let customer = decided[slot]
      #expect(replayed[slot] == customer)
      #expect(replayed.slot(of: customer.id) == slot)
      #expect(replayed.slot(ofWallet: customer.account, tenant: customer.tenant) == slot)
      #expect(replayed.slot(ofExternalID: customer.externalID, tenant: customer.tenant) == slot)
      #expect(replayed.slot(ofWallet: customer.account, tenant: "nobody") == nil)
      #expect(replayed.statistics(of: customer.tenant) == decided.statistics(of: customer.tenant))
    }
  }

  /// Whatever an event says of a customer is what the customer is then.
  @Test func aReplayedEventChangesEverythingThatItSays() throws {
    var state = state()
    try replay(creation(1), into: &state)
    var event = change(2, after: 1, from: .initiating, to: .active())
    event.customer?.labels = [Label(key: "only", value: "one")]
    event.customer?.createdAt = Timestamp(microseconds: 3)
    event.customer?.externalID = "renamed, to a text that is longer"
    try replay(event, into: &state)
    #expect(state[0] == event.customer)
  }

  @Test func aReplayRefusesWhatDoesNotFit() throws {
    var state = state()
    try replay(creation(1), into: &state)
    #expect(throws: ReplayError.self, "created twice") { try replay(creation(2), into: &state) }
    #expect(throws: ReplayError.self, "a gap") { try replay(other(1, creation(3)), into: &state) }
    #expect(throws: ReplayError.self, "another event before") {
      try replay(change(2, after: 7, from: .initiating, to: .active()), into: &state)
    }
    #expect(throws: ReplayError.self, "another state before") {
      try replay(change(2, after: 1, from: .active, to: .active()), into: &state)
    }
    #expect(throws: ReplayError.self, "a customer that is not there") {
      try replay(other(1, change(2, after: 1, from: .initiating, to: .active())), into: &state)
    }
    #expect(state.revision == 1)
  }
}
