internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Testing

@testable import Store

/// A clock that is set ahead makes nothing lapse sooner.
@Suite struct ClockWatchTests {
  private static func step(by wall: Int64, after passed: UInt64) -> Int64? {
    ClockWatch(time: Timestamp(microseconds: 1000), monotonic: 5)
      .step(to: Timestamp(microseconds: 1000 + wall), monotonic: 5 + passed * 1000)
  }

  @Test func timeThatPassesIsNoStep() {
    #expect(Self.step(by: 86_400_000_000, after: 86_400_000_000) == nil)
    #expect(Self.step(by: ClockWatch.tolerance, after: 0) == nil)
    #expect(Self.step(by: 0, after: 60_000_000) == nil, "set back: it stands still until it is caught up with")
  }

  @Test func aClockSetAheadIs() {
    #expect(Self.step(by: ClockWatch.tolerance + 1, after: 0) == ClockWatch.tolerance + 1)
    #expect(Self.step(by: 86_400_000_000, after: 1_000_000) == 86_399_000_000)
  }

  @Test func answersLapseByTheTimeThatHasPassed() throws {
    var state = StoreState(idempotencyWindow: 1000)
    let key = state.digest(ofKey: "key-1", principal: "who")
    var record = JournalRecordTests.record(JournalRecordTests.standings[0])
    record.revision = 1
    record.previousRevision = 0
    record.from = nil
    record.customer?.revision = 1
    try state.take(record)
    let later = record.at.advanced(byMicroseconds: 5000)
    #expect(state.answer(under: key, at: later) == nil)
    let note = JournalRecord(
      revision: 0, at: later, previousRevision: 0, cause: Cause(command: .createCustomer, principal: ""),
      subject: CustomerID(high: 0, low: 0), clockStep: 4500)
    try state.take(note)
    #expect(state.answer(under: key, at: later)?.revision == 1)
    #expect(state.answer(under: key, at: later.advanced(byMicroseconds: 500)) == nil)
    var writer = WireWriter()
    note.encode(into: &writer)
    let block = try writer.withUnsafeBytes { try GatehouseJournalV1.Block(decoding: $0) }
    #expect(block.records.count == 1 && block.records[0].clockStep == 4500 && block.records[0].customer == nil)
    #expect(try JournalRecord(decoding: try #require(block.records.first).encoded()) == note)
  }
}
