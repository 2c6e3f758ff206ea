internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire

// The way back from `gatehouse.journal.v1.Record`. The journal has checked that the bytes are the ones that were
// written; whether they make sense is checked here, and nothing that does not is taken for a customer.
//
// Fields come in any order, unknown ones are passed over, the last of a field that comes twice counts (of a message
// within a message too: it is replaced, not merged), and a number that is 0 is the same as none: as protobuf has it.

/// Why a record of the journal was not understood.
public enum RecordError: Error, Equatable, Sendable {
  /// It is not an encoded record.
  case malformed
  /// The field of that number, in the message named, holds what this version does not know or allow.
  case invalid(message: StaticString, field: UInt32)

  public static func == (left: RecordError, right: RecordError) -> Bool {
    switch (left, right) {
    case (.malformed, .malformed): true
    case (.invalid(let a, let b), .invalid(let c, let d)): "\(a)" == "\(c)" && b == d
    case (.malformed, .invalid), (.invalid, .malformed): false
    }
  }
}

extension JournalRecord {
  /// Reads one encoded `Record`.
  init(decoding bytes: [UInt8]) throws(RecordError) {
    let decoded = bytes.withUnsafeBytes { bytes in
      Result { () throws(RecordError) in try JournalRecord(decoding: bytes) }
    }
    self = try decoded.get()
  }

  /// Reads one encoded `Record`, without the tag and length that stand before it in a block.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    var record = try EncodedRecord(bytes)
    self.init(
      revision: record.revision,
      at: record.at,
      previousRevision: record.previousRevision,
      cause: Cause(
        command: record.command, principal: record.principal.string, reason: record.reason.string,
        privateDetail: record.privateDetail.string),
      from: record.from,
      customer: record.revision == 0
        ? nil : CustomerRecord(taking: &record.customer, revision: record.revision, updatedAt: record.at),
      subject: record.customer.id,
      idempotency: record.call.map { AnsweredCall($0) },
      report: record.report,
      clockStep: record.clockStep
    )
  }
}

extension AnsweredCall {
  fileprivate init(_ call: EncodedCall) {
    self.init(
      key: call.key.string, digest: call.digest, form: call.form, refusal: call.refusal,
      answeredRevision: call.answeredRevision)
  }
}

extension Report {
  init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Report.Field
    self.init(attempt: 0, outcome: 0, provider: "", reference: "", detail: "")
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.attempt): attempt = try reader.narrow()
      case .number(Field.outcome): outcome = try reader.narrow()
      case .bytes(Field.provider): provider = try reader.text()
      case .bytes(Field.reference): reference = try reader.text()
      case .bytes(Field.risk): risk = try reader.text()
      case .bytes(Field.detail): detail = try reader.text()
      case .number(Field.final): isFinal = try reader.number() != 0
      default: try reader.skip(tag)
      }
    }
  }
}
