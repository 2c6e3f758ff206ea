internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Testing
internal import Wallet

@testable import Store

/// The decoder written by hand and the generated one take the same bytes for the same records, whatever the bytes are.
struct EncodedRecordTests {
  /// Numbers that look random and are the same in each run, so that a failure comes back.
  struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = (state ^ state &>> 30) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ word &>> 27) &* 0x94d0_49bb_1331_11eb
      return word ^ word &>> 31
    }
  }

  private func encoded(_ record: JournalRecord) throws -> [UInt8] {
    var writer = WireWriter()
    record.encode(into: &writer)
    return try #require(GatehouseJournalV1.Block(decoding: writer.withUnsafeBytes { Array($0) }).records.first)
      .encoded()
  }

  /// What the record is by way of the generated messages: the rules that go beyond protobuf, said once more.
  private func oracle(_ bytes: [UInt8]) throws -> JournalRecord? {
    let message = try GatehouseJournalV1.Record(decoding: bytes)
    let none: CommandName? = message.command == 0 && message.clockStep != 0 ? .createCustomer : nil
    guard let command = CommandName(rawValue: UInt8(clamping: message.command)) ?? none else { return nil }
    let from = State(rawValue: UInt8(clamping: message.from))
    guard from != nil || message.from == 0 else { return nil }
    var id = CustomerID(high: 0, low: 0)
    var customer: CustomerRecord?
    if let encoded = message.customer {
      guard let known = encoded.id.withUnsafeBytes({ CustomerID(bytes: $0) }) else { return nil }
      id = known
      switch convert(encoded, id, message) {
      case .refused: return nil
      case .idAlone: customer = nil
      case .whole(let whole): customer = whole
      }
    }
    guard message.revision == 0 || customer != nil else { return nil }
    var record = JournalRecord(
      revision: message.revision, at: Timestamp(microseconds: message.at), previousRevision: message.previousRevision,
      cause: Cause(
        command: command, principal: message.principal, reason: message.reason, privateDetail: message.privateDetail),
      from: from, customer: message.revision == 0 ? nil : customer, subject: id)
    record.clockStep = message.clockStep
    if let call = message.idempotency {
      let digest = call.digest.withUnsafeBytes { CustomerID(bytes: $0) }
      guard digest != nil || call.digest.isEmpty else { return nil }
      record.idempotency = AnsweredCall(
        key: call.key, digest: RequestDigest(low: digest?.low ?? 0, high: digest?.high ?? 0), form: call.form,
        refusal: call.refusal, answeredRevision: call.answeredRevision)
    }
    record.report = message.report.map {
      Report(
        attempt: $0.attempt, outcome: $0.outcome, provider: $0.provider, reference: $0.reference, risk: $0.risk,
        detail: $0.detail, isFinal: $0.final)
    }
    return record
  }

  private enum Conversion {
    case refused
    case idAlone
    case whole(CustomerRecord)
  }

  private func convert(
    _ customer: GatehouseJournalV1.Customer, _ id: CustomerID, _ record: GatehouseJournalV1.Record
  ) -> Conversion {
    let address = EthereumAddress(customer.address)
    guard address != nil || customer.address.isEmpty else { return .refused }
    var standing: Standing?
    switch customer.phase {
    case .initiating(let proof):
      guard let nonce = Nonce(proof.nonce), let outcome = outcome(proof.lastOutcome) else { return .refused }
      standing = .initiating(
        Proof(
          nonce: nonce, issuedAt: Timestamp(microseconds: proof.issuedAt),
          attempt: proof.attempt, mismatches: UInt8(clamping: proof.mismatches),
          windowBegan: Timestamp(microseconds: proof.windowBegan), lastOutcome: outcome.value))
    case .screening(let review):
      guard let review = convert(review) else { return .refused }
      standing = .screening(review)
    case .verifying(let review):
      guard let review = convert(review) else { return .refused }
      standing = .verifying(review)
    case .active(let active):
      guard let monitoring = convert(active.monitoring) else { return .refused }
      standing = .active(monitoring)
    case .inactive(let inactive):
      guard let monitoring = convert(inactive.monitoring) else { return .refused }
      var holds: [Hold] = []
      for hold in inactive.holds {
        guard let kind = HoldKind(rawValue: UInt8(clamping: hold.kind)) else { return .refused }
        holds.append(Hold(kind: kind, reason: hold.reason, at: Timestamp(microseconds: hold.at)))
      }
      standing = .inactive(holds, monitoring)
    case .rejected(let rejected): standing = .rejected(reason: rejected.reason)
    case nil: standing = nil
    }
    guard let address, let standing else { return .idAlone }
    guard let account = WalletAccount(chainID: customer.chain, address: address) else { return .refused }
    let labels = customer.labels.map { Label(key: $0.key, value: $0.value) }
    return .whole(
      CustomerRecord(
        id: id, tenant: customer.tenant, externalID: InlineText(customer.externalId), account: account, labels: labels,
        createdAt: Timestamp(microseconds: customer.createdAt), updatedAt: Timestamp(microseconds: record.at),
        revision: record.revision, standing: standing))
  }

  private func convert(_ review: GatehouseJournalV1.Review) -> Review? {
    guard let outcome = outcome(review.lastOutcome),
      let attention = Attention(rawValue: UInt8(clamping: review.attention))
    else { return nil }
    func time(_ microseconds: Int64) -> Timestamp? {
      microseconds == 0 ? nil : Timestamp(microseconds: microseconds)
    }
    return Review(
      since: Timestamp(microseconds: review.since), attempt: review.attempt, nextAttemptAt: time(review.nextAttemptAt),
      lastOutcome: outcome.value, attention: attention, hits: review.hits,
      lastHit: time(review.hitAt).map { Hit(at: $0, provider: review.hitProvider) },
      session: review.session.map {
        Session(provider: $0.provider, reference: $0.reference, url: $0.url, expiresAt: time($0.expiresAt))
      }, reason: review.reason, screenings: review.screenings)
  }

  private func convert(_ monitoring: GatehouseJournalV1.Monitoring?) -> Monitoring? {
    guard let monitoring else { return Monitoring() }
    var converted = Monitoring(
      clearedAt: Timestamp(microseconds: monitoring.clearedAt), screenings: monitoring.screenings)
    if let review = monitoring.review {
      guard let review = convert(review) else { return nil }
      converted.review = review
    }
    return converted
  }

  /// nil for a number that is no outcome.
  private func outcome(_ number: UInt32) -> (value: Outcome?, Void)? {
    if number == 0 { return (nil, ()) }
    return Outcome(rawValue: UInt8(clamping: number)).map { ($0, ()) }
  }

  /// Where the two differ by design: a message that comes twice is replaced here and merged there, and a map of labels
  /// keeps one of each key; and a value that is not allowed is refused here even where another one follows. Such bytes
  /// are told by fields that come twice, and by labels with more or less than both.
  private func isComparable(_ bytes: [UInt8]) -> Bool {
    func fields(_ bytes: ArraySlice<UInt8>) -> [(field: UInt32, body: ArraySlice<UInt8>?)] {
      bytes.withUnsafeBytes { raw in
        var reader = WireReader(raw)
        var found: [(UInt32, ArraySlice<UInt8>?)] = []
        while let tag = (try? reader.nextTag()) ?? nil {
          if tag.type == .lengthDelimited {
            guard let body = try? reader.bytes() else { break }
            found.append((tag.field, body[...]))
          } else {
            guard (try? reader.skip(tag)) != nil else { break }
            found.append((tag.field, nil))
          }
        }
        return found
      }
    }
    func isUnique(_ fields: [(field: UInt32, body: ArraySlice<UInt8>?)], but repeated: UInt32 = 0) -> Bool {
      let numbers = fields.map(\.field).filter { $0 != repeated }
      return Set(numbers).count == numbers.count
    }
    let record = fields(bytes[...])
    guard isUnique(record) else { return false }
    for (field, body) in record where field == GatehouseJournalV1.Record.Field.customer {
      let customer = fields(body ?? [])
      guard isUnique(customer, but: GatehouseJournalV1.Customer.Field.labels) else { return false }
      var keys: Set<[UInt8]> = []
      for (field, body) in customer {
        let inner = fields(body ?? [])
        if field == GatehouseJournalV1.Customer.Field.labels {
          guard inner.count == 2, inner[0].field == 1, inner[1].field == 2, let key = inner[0].body,
            inner[1].body != nil, keys.insert(Array(key)).inserted
          else { return false }
        } else {
          let isInactive = field == GatehouseJournalV1.Customer.Field.inactive
          guard isUnique(inner, but: isInactive ? GatehouseJournalV1.Inactive.Field.holds : 0) else { return false }
          let isTakenIn = isInactive || field == GatehouseJournalV1.Customer.Field.active
          for (_, body) in inner where isTakenIn {
            // A hold or a monitoring, and the review within that.
            let inner = fields(body ?? [])
            guard isUnique(inner), inner.allSatisfy({ isUnique(fields($0.body ?? [])) }) else { return false }
          }
        }
      }
    }
    for (field, body) in record where field == GatehouseJournalV1.Record.Field.idempotency {
      guard isUnique(fields(body ?? [])) else { return false }
    }
    return true
  }

  private func check(_ bytes: [UInt8]) -> Bool {
    let expected = (try? oracle(bytes)) ?? nil
    var found = try? JournalRecord(decoding: bytes)
    // A map has no order.
    found?.customer?.labels.sort { ($0.key, $0.value) < ($1.key, $1.value) }
    var sorted = expected
    sorted?.customer?.labels.sort { ($0.key, $0.value) < ($1.key, $1.value) }
    #expect(found == sorted, "\(bytes)")
    return expected != nil
  }

  @Test(arguments: JournalRecordTests.standings.indices)
  func mutatedRecordsAreTheSameToBoth(index: Int) throws {
    var numbers = Numbers(state: UInt64(index))
    let bytes = try encoded(JournalRecordTests.record(JournalRecordTests.standings[index]))
    #expect(check(bytes))
    var taken = 0
    for _ in 0..<5_000 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let place = Int.random(in: 0..<mutated.count, using: &numbers)
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: mutated[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: mutated.insert(UInt8.random(in: 0...127, using: &numbers), at: place)
        default: mutated.remove(at: place)
        }
      }
      if isComparable(mutated), check(mutated) { taken += 1 }
    }
    #expect(taken > 200, "some mutations are harmless")
  }

  // MARK: - Fields in other orders, more and fewer of them

  private func message(_ body: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    body(&writer)
    return writer.withUnsafeBytes { Array($0) }
  }

  private func fields(_ bytes: [UInt8]) throws -> [[UInt8]] {
    try bytes.withUnsafeBytes { raw in
      var reader = WireReader(raw)
      var fields: [[UInt8]] = []
      while true {
        let start = raw.count - reader.remaining
        guard let tag = try reader.nextTag() else { return fields }
        try reader.skip(tag)
        fields.append(Array(raw[start..<(raw.count - reader.remaining)]))
      }
    }
  }

  @Test(arguments: JournalRecordTests.standings)
  func fieldsMayComeInAnyOrder(standing: Standing) throws {
    let record = JournalRecordTests.record(standing)
    var numbers = Numbers(state: 1)
    let whole = try fields(try encoded(record))
    for _ in 0..<50 {
      let shuffled = Array(whole.shuffled(using: &numbers).joined())
      #expect(try JournalRecord(decoding: shuffled) == record)
    }
  }

  @Test func unknownFieldsArePassedOver() throws {
    let record = JournalRecordTests.record(.active())
    let unknown = message { writer in
      writer.field(99, varint: 7)
      writer.field(1000, fixed64: 7)
      writer.field(77, string: "later")
      // A known number that lies differently on the wire.
      writer.field(GatehouseJournalV1.Record.Field.revision, string: "8")
      writer.field(GatehouseJournalV1.Record.Field.principal, varint: 8)
    }
    #expect(try JournalRecord(decoding: try encoded(record) + unknown) == record)
    #expect(try JournalRecord(decoding: unknown + (try encoded(record))) == record)
  }

  @Test func theLastOfAFieldCounts() throws {
    let first = JournalRecordTests.record(JournalRecordTests.standings[5])
    var last = JournalRecordTests.record(.active())
    last.customer?.labels = []
    last.customer?.externalID = "another"
    last.report = nil
    last.idempotency = nil
    let both = try JournalRecord(decoding: try encoded(first) + (try encoded(last)))
    var expected = last
    // What the second does not say stays, and a message within is replaced as a whole.
    expected.report = first.report
    expected.idempotency = first.idempotency
    #expect(both == expected)
  }

  @Test func whatIsNotUTF8IsRefusedWhereverItLies() throws {
    let record = try encoded(JournalRecordTests.record(JournalRecordTests.standings[5]))
    for text in ["who", "why", "secret", "external-7", "default", "key-1", "blurred", "https://x", "high"] {
      var bytes = record
      let start = try #require(bytes.indices.first { bytes[$0...].starts(with: Array(text.utf8)) })
      bytes[start + 1] = 0xFF
      #expect(throws: RecordError.malformed, "\(text)") { try JournalRecord(decoding: bytes) }
    }
  }
}
