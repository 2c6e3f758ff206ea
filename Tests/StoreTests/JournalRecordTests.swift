internal import Confinement
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Testing
internal import Wallet

@testable import Store

/// Records written by hand are what the generated messages of the proto file are, and come back as they were.
struct JournalRecordTests {
  private static let nonce = Nonce("0123456789abcdefghijkl") ?? { preconditionFailure("22 letters and digits") }()
  private static let time = Timestamp(microseconds: 1_700_000_000_123_456)

  static let standings: [Standing] = [
    .initiating(Proof(nonce: nonce, issuedAt: time.wholeSecond)),
    .initiating(
      Proof(
        nonce: nonce, issuedAt: time.wholeSecond, attempt: 3, mismatches: 2, windowBegan: time,
        lastOutcome: .signatureMismatch)),
    .screening(Review(since: time)),
    .screening(
      Review(
        since: time, attempt: 4, nextAttemptAt: time, lastOutcome: .hit, attention: .conflictingOutcomes, hits: 1)),
    .screening(
      Review(
        since: time, attempt: 2, nextAttemptAt: time, lastOutcome: .hit, hits: 1,
        lastHit: Hit(at: time, provider: "chain-check"))),
    .verifying(
      Review(
        since: time, attempt: 2, lastOutcome: .retry,
        session: Session(provider: "p", reference: "r", url: "https://x", expiresAt: time), reason: "blurred",
        screenings: 2)),
    .active(),
    .active(Monitoring(clearedAt: time, screenings: 3)),
    .active(
      Monitoring(
        clearedAt: time, screenings: 3,
        review: Review(
          since: time, attempt: 5, nextAttemptAt: time, lastOutcome: .inconclusive, screenings: 3))),
    .inactive(
      [Hold(kind: .risk, reason: "SCREENING_REVIEW", at: time)],
      Monitoring(
        review: Review(
          since: time, attempt: 12, lastOutcome: .clear, attention: .conflictingOutcomes, hits: 1, screenings: 10))),
    .inactive([Hold(kind: .risk, reason: "", at: time), Hold(kind: .partner, reason: "asked for", at: time)]),
    .rejected(reason: "SCREENING_FAILED"),
  ]

  static func record(_ standing: Standing) -> JournalRecord {
    let new = NewCustomer.numbered(7)
    let id = CustomerID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)
    let customer = CustomerRecord(
      id: id, tenant: new.tenant, externalID: new.externalID, account: new.account,
      labels: [Label(key: "a", value: "1"), Label(key: "b", value: "")],
      createdAt: Timestamp(microseconds: 1_600_000_000_000_000), updatedAt: time, revision: 42, standing: standing)
    return JournalRecord(
      revision: 42, at: time, previousRevision: 41,
      cause: Cause(command: .reportScreening, principal: "who", reason: "why", privateDetail: "secret"),
      from: .screening, customer: customer, subject: id,
      idempotency: AnsweredCall(
        key: "key-1", digest: RequestDigest(low: 1, high: 2), form: 2, refusal: 12, answeredRevision: 0),
      report: Report(
        attempt: 1, outcome: 2, provider: "p", reference: "r", risk: "high", detail: "d", isFinal: true))
  }

  private func encoded(_ record: JournalRecord) -> [UInt8] {
    var writer = WireWriter()
    record.encode(into: &writer)
    return writer.withUnsafeBytes { Array($0) }
  }

  @Test(arguments: standings)
  func comesBackAsItWas(standing: Standing) throws {
    let record = Self.record(standing)
    let block = try GatehouseJournalV1.Block(decoding: encoded(record))
    let bytes = try #require(block.records.first).encoded()
    #expect(try JournalRecord(decoding: bytes) == record)
  }

  @Test(arguments: standings)
  func isWhatTheGeneratedMessageIs(standing: Standing) throws {
    let bytes = encoded(Self.record(standing))
    let block = try GatehouseJournalV1.Block(decoding: bytes)
    #expect(block.encoded() == bytes, "field order and defaults as the generated code has them")
    let record = try #require(block.records.first)
    #expect(record.revision == 42)
    #expect(record.customer?.externalId == "external-7")
    #expect(record.idempotency?.key == "key-1")
  }

  @Test(arguments: [
    nil, AnsweredCall(key: "key", digest: RequestDigest(low: 1, high: 2), form: 1, refusal: 0, answeredRevision: 0),
  ])
  func aCreationIsEncodedFromItsPartsAsItsRecordIs(call: AnsweredCall?) throws {
    let created = CreatedCustomer(
      id: CustomerID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001), at: Self.time, revision: 42,
      proof: Proof(nonce: Self.nonce, issuedAt: Self.time.wholeSecond))
    let cause = Cause(command: .createCustomer, principal: "who")
    let customers = [CustomerRecord(.numbered(7), created)]
    let record = JournalRecord(
      revision: 42, at: Self.time, previousRevision: 0, cause: cause, from: nil, customer: customers[0],
      subject: created.id, idempotency: call, report: nil)
    var whole = WireWriter()
    var parts = WireWriter()
    let body = record.encode(into: &whole)
    let same = customers.lend(0) {
      JournalRecord.encode(creationOf: $0, cause: cause, answering: call, into: &parts)
    }
    #expect(body == same)
    #expect(whole.withUnsafeBytes { Array($0) } == parts.withUnsafeBytes { Array($0) })
  }

  @Test func aNoteNamesItsCustomerByIDAlone() throws {
    var note = Self.record(.active())
    note.revision = 0
    note.previousRevision = 0
    note.from = nil
    note.customer = nil
    let block = try GatehouseJournalV1.Block(decoding: encoded(note))
    let bytes = try #require(block.records.first).encoded()
    #expect(try JournalRecord(decoding: bytes) == note)
  }

  @Test func damagedBytesAreRefusedOrRead() {
    var generator = SystemRandomNumberGenerator()
    var writer = WireWriter()
    Self.record(Self.standings[4]).encode(into: &writer)
    let bytes = writer.withUnsafeBytes { Array($0.dropFirst(3)) }
    var refused = 0
    for _ in 0..<20_000 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        mutated[Int.random(in: 0..<mutated.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { mutated.removeLast(Int.random(in: 0..<mutated.count, using: &generator)) }
      do { _ = try JournalRecord(decoding: mutated) } catch { refused += 1 }
    }
    #expect(refused > 1000)
  }

  @Test(arguments: standings)
  func rendersWhatTheAPIDecodes(standing: Standing) throws {
    let record = Self.record(standing)
    var writer = WireWriter()
    record.renderEvent(showingPrivate: true, into: &writer)
    let bytes = writer.withUnsafeBytes { Array($0) }
    let event = try GatehouseV1.Event(decoding: bytes)
    #expect(event.encoded() == bytes)
    #expect(event.revision == 42)
    #expect(event.cause?.privateDetail == "secret")
    #expect(event.from == .screening)
    #expect(event.to.rawValue == Int32(standing.state.rawValue))
    let customer = try #require(event.customer)
    #expect(customer.id == record.subject.description)
    #expect(customer.state == event.to)
    #expect(customer.holds.count == standing.holds.count)
    #expect((customer.pending == nil) == (standing.pending(createdAt: Self.time) == nil))
    #expect(customer.labels["a"] == "1")
    #expect(customer.updatedAt?.seconds == 1_700_000_000)
    #expect(customer.updatedAt?.nanos == 123_456_000)
  }

  @Test func hidesThePrivateDetail() throws {
    var writer = WireWriter()
    Self.record(.active()).renderEvent(showingPrivate: false, into: &writer)
    let event = try GatehouseV1.Event(decoding: writer.withUnsafeBytes { Array($0) })
    #expect(event.cause?.privateDetail == "")
    #expect(event.cause?.reason == "why")
  }
}
