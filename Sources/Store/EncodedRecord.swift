internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire

/// A `gatehouse.journal.v1.Record` as it lies in the log: read and checked, its texts left where they are.
///
/// A start replays millions of them and needs few of their texts, so those are not copied here; whoever wants a record
/// to keep makes a `JournalRecord` of it. Valid as long as the record's bytes.
struct EncodedRecord {
  /// 0 for a note.
  private(set) var revision: UInt64 = 0
  private(set) var at = Timestamp(microseconds: 0)
  private(set) var previousRevision: UInt64 = 0
  private(set) var command = CommandName.createCustomer
  private(set) var principal = EncodedText.none
  private(set) var reason = EncodedText.none
  private(set) var privateDetail = EncodedText.none
  private(set) var from: State?
  /// Whole in an event; whoever keeps it takes from it.
  var customer = EncodedCustomer()
  /// False in a note that is about nobody.
  private(set) var hasCustomer = false
  private(set) var call: EncodedCall?
  private(set) var report: Report?
  private(set) var clockStep: Int64 = 0

  /// A record to read one into.
  init() {}

  /// Reads a record.
  init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    try read(bytes) { _ in }
  }

  /// Reads a record into this one, which is a new one.
  ///
  /// - Parameters:
  ///   - bytes: the message, without the tag and length that stand before it in a block.
  ///   - notice: told which customer the record is about as soon as that is known, which is before most of the rest.
  mutating func read(_ bytes: UnsafeRawBufferPointer, notice: (CustomerID) -> Void) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Record.Field
    var command: CommandName?
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.revision): revision = try reader.number()
      case .number(Field.at): at = try reader.time()
      case .number(Field.previousRevision): previousRevision = try reader.number()
      case .number(Field.command): command = try reader.command()
      case .bytes(Field.principal): principal = try reader.encodedText()
      case .bytes(Field.reason): reason = try reader.encodedText()
      case .bytes(Field.privateDetail): privateDetail = try reader.encodedText()
      case .number(Field.from): from = try reader.stateBefore()
      case .bytes(Field.customer):
        try customer.read(try reader.bytes(), notice: notice)
        hasCustomer = true
      case .bytes(Field.idempotency): call = try EncodedCall(try reader.bytes())
      case .bytes(Field.report): report = try Report(decoding: try reader.bytes())
      case .number(Field.clockStep): clockStep = Int64(bitPattern: try reader.number())
      default: try reader.skip(tag)
      }
    }
    if let command { self.command = command }
    // Nobody has set the clock.
    guard command != nil || clockStep != 0 else { throw .invalid(message: "Record", field: Field.command) }
    guard revision == 0 || customer.isWhole else { throw .invalid(message: "Record", field: Field.customer) }
  }
}

/// A `gatehouse.journal.v1.Idempotency` as it lies in a record.
struct EncodedCall {
  private(set) var key = EncodedText.none
  private(set) var digest = RequestDigest(low: 0, high: 0)
  private(set) var form: UInt32 = 0
  private(set) var refusal: UInt32 = 0
  private(set) var answeredRevision: UInt64 = 0

  fileprivate init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Idempotency.Field
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.key): key = try reader.encodedText()
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

extension FieldReader {
  fileprivate mutating func command() throws(RecordError) -> CommandName {
    guard let command = CommandName(rawValue: try narrow()) else {
      throw .invalid(message: "Record", field: GatehouseJournalV1.Record.Field.command)
    }
    return command
  }

  /// The state before an event, 0 for nil.
  fileprivate mutating func stateBefore() throws(RecordError) -> State? {
    let number: UInt8 = try narrow()
    if let state = State(rawValue: number) { return state }
    guard number == 0 else { throw .invalid(message: "Record", field: GatehouseJournalV1.Record.Field.from) }
    return nil
  }
}
