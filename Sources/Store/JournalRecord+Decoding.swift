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
    try self.init(decoding: bytes) { _ in }
  }

  /// - Parameter notice: told which customer the record is about, as soon as that is known.
  init(decoding bytes: UnsafeRawBufferPointer, notice: (CustomerID) -> Void) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Record.Field
    self.init(
      revision: 0,
      at: Timestamp(microseconds: 0),
      previousRevision: 0,
      cause: Cause(command: .createCustomer, principal: ""),
      subject: CustomerID(high: 0, low: 0)
    )
    var command: CommandName?
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.revision): revision = try reader.number()
      case .number(Field.at): at = try reader.time()
      case .number(Field.previousRevision): previousRevision = try reader.number()
      case .number(Field.command): command = try reader.command()
      case .bytes(Field.principal): cause.principal = try reader.text()
      case .bytes(Field.reason): cause.reason = try reader.text()
      case .bytes(Field.privateDetail): cause.privateDetail = try reader.text()
      case .number(Field.from): from = try reader.stateBefore()
      case .bytes(Field.customer): (subject, customer) = try CustomerRecord.decode(try reader.bytes(), notice: notice)
      case .bytes(Field.idempotency): idempotency = try AnsweredCall(decoding: try reader.bytes())
      case .bytes(Field.report): report = try Report(decoding: try reader.bytes())
      default: try reader.skip(tag)
      }
    }
    guard let command else { throw .invalid(message: "Record", field: Field.command) }
    cause.command = command
    if revision == 0 {
      customer = nil
    } else {
      guard customer != nil else { throw .invalid(message: "Record", field: Field.customer) }
      customer?.revision = revision
      customer?.updatedAt = at
    }
  }
}

extension FieldReader {
  mutating func command() throws(RecordError) -> CommandName {
    guard let command = CommandName(rawValue: try narrow()) else {
      throw .invalid(message: "Record", field: GatehouseJournalV1.Record.Field.command)
    }
    return command
  }

  /// The state before an event, 0 for nil.
  mutating func stateBefore() throws(RecordError) -> State? {
    let number: UInt8 = try narrow()
    if let state = State(rawValue: number) { return state }
    guard number == 0 else { throw .invalid(message: "Record", field: GatehouseJournalV1.Record.Field.from) }
    return nil
  }
}

extension AnsweredCall {
  init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Idempotency.Field
    self.init(key: "", digest: RequestDigest(low: 0, high: 0), form: 0, refusal: 0, answeredRevision: 0)
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.key): key = try reader.text()
      case .bytes(Field.digest):
        let words = try reader.id()
        digest = RequestDigest(low: words?.low ?? 0, high: words?.high ?? 0)
      case .number(Field.form): form = try reader.narrow()
      case .number(Field.refusal): refusal = try reader.narrow()
      case .number(Field.answeredRevision): answeredRevision = try reader.number()
      default: try reader.skip(tag)
      }
    }
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
