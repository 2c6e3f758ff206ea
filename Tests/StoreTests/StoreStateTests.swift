internal import Lifecycle
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
    try state.take(change(2, after: 1, from: .initiating, to: .active))
    #expect(state.revision == 2)
    #expect(state[0].standing == .active)
    #expect(state.totals.customers(in: .initiating) == 0)
  }

  @Test func refusesAGap() throws {
    var state = state()
    try state.take(creation(1))
    #expect(throws: StoreStateError.revisionOutOfOrder(expected: 2, found: 3)) {
      try state.take(change(3, after: 1, from: .initiating, to: .active))
    }
  }

  @Test func refusesWhatDoesNotFitTheCustomer() throws {
    var state = state()
    try state.take(creation(1))
    let broken = StoreStateError.historyBroken(revision: 2)
    #expect(throws: broken, "created twice") { try state.take(creation(2)) }
    #expect(throws: broken, "another event before") {
      try state.take(change(2, after: 7, from: .initiating, to: .active))
    }
    #expect(throws: broken, "another state before") {
      try state.take(change(2, after: 1, from: .active, to: .rejected(reason: "")))
    }
    var stranger = change(2, after: 1, from: .initiating, to: .active)
    stranger.customer?.id = CustomerID(high: 9, low: 9)
    #expect(throws: broken, "a customer that is not there") { try state.take(stranger) }
    #expect(state.revision == 1)
    #expect(state.totals.customers(in: .initiating) == 1)
  }

  @Test func timeNeverRunsBackwards() throws {
    var state = state()
    try state.take(creation(1))
    var earlier = change(2, after: 1, from: .initiating, to: .active)
    earlier.at = Timestamp(microseconds: 5)
    try state.take(earlier)
    #expect(state.lastTime == creation(1).at)
  }
}
