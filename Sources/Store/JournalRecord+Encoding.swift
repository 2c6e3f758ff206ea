internal import ByteText
internal import Confinement
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

// Records as `gatehouse.journal.v1.Record`, written field by field straight from the store's own values: a record is
// written for each event, and building the generated messages first would cost several allocations each. That both
// agree is tested.
//
// A record is written into room that was made for all of it: `maximumEncodedLength` says how much at most, and counts
// whatever a record can hold. A test encodes records that hold as much as can be.

private typealias RecordField = GatehouseJournalV1.Record.Field
private typealias CustomerField = GatehouseJournalV1.Customer.Field

extension JournalRecord {
  /// Appends the record as one element of `gatehouse.journal.v1.Block.records`.
  ///
  /// - Returns: where its body lies in what was written, behind tag and length.
  @discardableResult
  func encode(into writer: inout WireWriter) -> Range<Int> {
    Self.encode(atMost: maximumEncodedLength, into: &writer) { encodeBody(into: &$0) }
  }

  /// The same for the record of a creation, which is not made for it: its parts are not copied.
  static func encode(
    creationOf customer: borrowing Lent<CustomerRecord>, cause: borrowing Cause, answering call: AnsweredCall?,
    into writer: inout WireWriter
  ) -> Range<Int> {
    let length = cause.maximumEncodedLength + (call?.maximumEncodedLength ?? 0) + customer.value.maximumEncodedLength
    return encode(atMost: length, into: &writer) { output in
      output.nonZero(RecordField.revision, customer.value.revision)
      output.nonZero(RecordField.at, UInt64(bitPattern: customer.value.createdAt.microseconds))
      cause.encode(into: &output)
      output.message(RecordField.customer, lengthBytes: 2) { customer.value.encode(into: &$0) }
      if let call { output.message(RecordField.idempotency) { call.encode(into: &$0) } }
    }
  }

  @inline(__always)
  private static func encode(
    atMost size: Int, into writer: inout WireWriter, body: (inout OutputRawSpan) -> Void
  ) -> Range<Int> {
    var length = 0
    writer.append(atMost: size) { output in
      output.message(GatehouseJournalV1.Block.Field.records, lengthBytes: 2) { output in
        let start = output.byteCount
        body(&output)
        length = output.byteCount - start
      }
    }
    return (writer.count - length)..<writer.count
  }

  private func encodeBody(into output: inout OutputRawSpan) {
    output.nonZero(RecordField.revision, revision)
    output.nonZero(RecordField.at, UInt64(bitPattern: at.microseconds))
    guard clockStep == 0 else { return output.field(RecordField.clockStep, varint: UInt64(bitPattern: clockStep)) }
    output.nonZero(RecordField.previousRevision, previousRevision)
    cause.encode(into: &output)
    output.nonZero(RecordField.from, UInt64(from?.rawValue ?? 0))
    output.message(RecordField.customer, lengthBytes: 2) { output in
      // Asked of the optional itself: unwrapped by name it would be copied.
      if customer?.encode(into: &output) == nil { output.id(CustomerField.id, subject) }
    }
    if let idempotency { output.message(RecordField.idempotency) { idempotency.encode(into: &$0) } }
    if let report { output.message(RecordField.report, lengthBytes: 2) { report.encode(into: &$0) } }
  }

  /// How many bytes the record takes at most, with tag and length.
  var maximumEncodedLength: Int {
    cause.maximumEncodedLength + (customer?.maximumEncodedLength ?? 0) + (idempotency?.maximumEncodedLength ?? 0)
      + (report?.maximumEncodedLength ?? 0)
  }
}

extension Cause {
  /// What the fields of one length of a record take at most, in bytes, with the tags and lengths of its texts.
  private static let fixedLength = 192

  /// How many bytes a record takes at most, with tag and length, without customer, call and report.
  fileprivate var maximumEncodedLength: Int {
    Self.fixedLength + principal.utf8.count + reason.utf8.count + privateDetail.utf8.count
  }

  /// Writes the fields of a record that tell of the cause.
  @inline(__always)
  fileprivate func encode(into output: inout OutputRawSpan) {
    output.nonZero(RecordField.command, UInt64(command.rawValue))
    output.nonEmpty(RecordField.principal, principal)
    output.nonEmpty(RecordField.reason, reason)
    output.nonEmpty(RecordField.privateDetail, privateDetail)
  }
}

extension CustomerRecord {
  /// Writes the fields of a `gatehouse.journal.v1.Customer`: at most ``maximumEncodedLength`` bytes.
  func encode(into output: inout OutputRawSpan) {
    output.id(CustomerField.id, id)
    output.nonEmpty(CustomerField.tenant, tenant)
    output.nonEmpty(CustomerField.externalId, externalID)
    output.nonZero(CustomerField.chain, account.chainID)
    output.address(CustomerField.address, account.address)
    for label in labels {
      output.message(CustomerField.labels) { output in
        output.field(1, string: label.key)
        output.field(2, string: label.value)
      }
    }
    output.nonZero(CustomerField.createdAt, UInt64(bitPattern: createdAt.microseconds))
    standing.encode(into: &output)
    output.field(CustomerField.checksumCase, fixed64: account.checksumCase)
  }

  /// What the fields of one length of a customer take at most, in bytes, with the tags and lengths of the texts.
  private static let fixedLength = 128
  /// The tags and lengths of a label.
  private static let labelHeaderLength = 16

  /// How many bytes ``encode(into:)`` writes at most.
  var maximumEncodedLength: Int {
    var length = Self.fixedLength + tenant.utf8.count + externalID.byteCount + standing.maximumEncodedLength
    for label in labels { length += Self.labelHeaderLength + label.key.utf8.count + label.value.utf8.count }
    return length
  }
}

extension Standing {
  fileprivate func encode(into writer: inout OutputRawSpan) {
    switch self {
    case .initiating(let proof): writer.message(CustomerField.initiating) { proof.encode(into: &$0) }
    case .screening(let review): writer.message(CustomerField.screening) { review.encode(into: &$0) }
    case .verifying(let review): writer.message(CustomerField.verifying) { review.encode(into: &$0) }
    case .active(let monitoring):
      writer.message(CustomerField.active) {
        monitoring.encode(GatehouseJournalV1.Active.Field.monitoring, into: &$0)
      }
    case .inactive(let holds, let monitoring):
      writer.message(CustomerField.inactive) { writer in
        for hold in holds {
          writer.message(GatehouseJournalV1.Inactive.Field.holds) { hold.encode(into: &$0) }
        }
        monitoring.encode(GatehouseJournalV1.Inactive.Field.monitoring, into: &writer)
      }
    case .rejected(let reason):
      writer.message(CustomerField.rejected) { $0.nonEmpty(GatehouseJournalV1.Rejected.Field.reason, reason) }
    }
  }
}

extension Standing {
  /// What the fields of one length of a standing take at most, in bytes, with the tags and lengths of the texts.
  private static let fixedLength = 256
  /// A hold, but for its reason.
  private static let holdLength = 32

  /// How many bytes the standing takes at most, with tag and length.
  fileprivate var maximumEncodedLength: Int {
    switch self {
    case .initiating: Self.fixedLength
    case .screening(let review), .verifying(let review): Self.fixedLength + review.textLength
    case .active(let monitoring): Self.fixedLength + (monitoring.review?.textLength ?? 0)
    case .inactive(let holds, let monitoring):
      holds.reduce(Self.fixedLength + (monitoring.review?.textLength ?? 0)) {
        $0 + Self.holdLength + $1.reason.utf8.count
      }
    case .rejected(let reason): Self.fixedLength + reason.utf8.count
    }
  }
}

extension Review {
  /// The bytes of all its texts.
  fileprivate var textLength: Int {
    let length = reason.utf8.count + (lastHit?.provider.utf8.count ?? 0)
    guard let session else { return length }
    return length + session.provider.utf8.count + session.reference.utf8.count + session.url.utf8.count
  }
}

extension Proof {
  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Initiating.Field
    writer.field(Field.nonce, bytesOf: nonce.bytes)
    writer.nonZero(Field.issuedAt, UInt64(bitPattern: issuedAt.microseconds))
    writer.nonZero(Field.mismatches, UInt64(mismatches))
    writer.nonZero(Field.windowBegan, UInt64(bitPattern: windowBegan.microseconds))
    writer.nonZero(Field.lastOutcome, UInt64(lastOutcome?.rawValue ?? 0))
    writer.nonZero(Field.attempt, UInt64(attempt))
  }
}

extension Review {
  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Review.Field
    writer.nonZero(Field.since, UInt64(bitPattern: since.microseconds))
    writer.nonZero(Field.attempt, UInt64(attempt))
    writer.nonZero(Field.nextAttemptAt, UInt64(bitPattern: nextAttemptAt?.microseconds ?? 0))
    writer.nonZero(Field.lastOutcome, UInt64(lastOutcome?.rawValue ?? 0))
    writer.nonZero(Field.attention, UInt64(attention.rawValue))
    writer.nonZero(Field.hits, UInt64(hits))
    if let session { writer.message(Field.session) { session.encode(into: &$0) } }
    writer.nonEmpty(Field.reason, reason)
    writer.nonZero(Field.screenings, UInt64(screenings))
    if let lastHit {
      writer.nonZero(Field.hitAt, UInt64(bitPattern: lastHit.at.microseconds))
      writer.nonEmpty(Field.hitProvider, lastHit.provider)
    }
  }
}

extension Monitoring {
  /// Appends itself as a field of that number, unless it says nothing.
  fileprivate func encode(_ field: UInt32, into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Monitoring.Field
    guard self != Monitoring() else { return }
    writer.message(field) { writer in
      writer.nonZero(Field.clearedAt, UInt64(bitPattern: clearedAt.microseconds))
      writer.nonZero(Field.screenings, UInt64(screenings))
      if let review { writer.message(Field.review) { review.encode(into: &$0) } }
    }
  }
}

extension Session {
  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Session.Field
    writer.nonEmpty(Field.provider, provider)
    writer.nonEmpty(Field.reference, reference)
    writer.nonEmpty(Field.url, url)
    writer.nonZero(Field.expiresAt, UInt64(bitPattern: expiresAt?.microseconds ?? 0))
  }
}

extension Hold {
  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Hold.Field
    writer.nonZero(Field.kind, UInt64(kind.rawValue))
    writer.nonEmpty(Field.reason, reason)
    writer.nonZero(Field.at, UInt64(bitPattern: at.microseconds))
  }
}

extension AnsweredCall {
  /// What it takes besides the key at most, in bytes.
  private static let fixedLength = 64

  /// How many bytes it takes at most, with tag and length.
  fileprivate var maximumEncodedLength: Int { Self.fixedLength + key.utf8.count }

  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Idempotency.Field
    writer.nonEmpty(Field.key, key)
    writer.field(Field.digest, bytesOf: (digest.high.bigEndian, digest.low.bigEndian))
    writer.nonZero(Field.form, UInt64(form))
    writer.nonZero(Field.refusal, UInt64(refusal))
    writer.nonZero(Field.answeredRevision, answeredRevision)
  }
}

extension Report {
  /// What the fields of one length of a report take at most, in bytes, with the tags and lengths of the texts.
  private static let fixedLength = 64

  /// How many bytes the report takes at most, with tag and length.
  fileprivate var maximumEncodedLength: Int {
    Self.fixedLength + provider.utf8.count + reference.utf8.count + risk.utf8.count + detail.utf8.count
  }

  fileprivate func encode(into writer: inout OutputRawSpan) {
    typealias Field = GatehouseJournalV1.Report.Field
    writer.nonZero(Field.attempt, UInt64(attempt))
    writer.nonZero(Field.outcome, UInt64(outcome))
    writer.nonEmpty(Field.provider, provider)
    writer.nonEmpty(Field.reference, reference)
    writer.nonEmpty(Field.risk, risk)
    writer.nonEmpty(Field.detail, detail)
    writer.nonZero(Field.final, isFinal ? 1 : 0)
  }
}

extension OutputRawSpan {
  /// The 16 bytes of an id, in network order.
  @inline(__always)
  fileprivate mutating func id(_ number: UInt32, _ id: CustomerID) {
    field(number, bytesOf: (id.high.bigEndian, id.low.bigEndian))
  }

  /// The 20 bytes of an address, word by word.
  @inline(__always)
  fileprivate mutating func address(_ number: UInt32, _ address: EthereumAddress) {
    tag(number, .lengthDelimited)
    varint(20)
    append(address.word0.bigEndian, as: UInt64.self)
    append(address.word1.bigEndian, as: UInt64.self)
    append(address.word2.bigEndian, as: UInt32.self)
  }
}
