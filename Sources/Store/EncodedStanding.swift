internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire

// Where a customer stands, as it lies in a record or in a snapshot: the messages behind the `phase` of a
// `gatehouse.journal.v1.Customer`.

extension Standing {
  /// Reads a `gatehouse.journal.v1.Inactive`.
  init(decodingInactive bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Inactive.Field
    var holds: [Hold] = []
    var monitoring = Monitoring()
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.holds): holds.append(try Hold(decoding: try reader.bytes()))
      case .bytes(Field.monitoring): monitoring = try Monitoring(decoding: try reader.bytes())
      default: try reader.skip(tag)
      }
    }
    self = .inactive(holds, monitoring)
  }

  /// Reads a `gatehouse.journal.v1.Rejected`: the reason.
  static func decodeRejection(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> String {
    var reason = ""
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(GatehouseJournalV1.Rejected.Field.reason): reason = try reader.text()
      default: try reader.skip(tag)
      }
    }
    return reason
  }
}

extension Proof {
  init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Initiating.Field
    var nonce: Nonce?
    var issuedAt = Timestamp(microseconds: 0)
    var windowBegan = issuedAt
    var attempt: UInt32 = 0
    var mismatches: UInt8 = 0
    var lastOutcome: Outcome?
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.nonce): nonce = Nonce(utf8: try reader.bytes())
      case .number(Field.issuedAt): issuedAt = try reader.time()
      case .number(Field.mismatches): mismatches = try reader.narrow()
      case .number(Field.windowBegan): windowBegan = try reader.time()
      case .number(Field.lastOutcome): lastOutcome = try reader.outcome("Initiating", Field.lastOutcome)
      case .number(Field.attempt): attempt = try reader.narrow()
      default: try reader.skip(tag)
      }
    }
    guard let nonce else { throw .invalid(message: "Initiating", field: Field.nonce) }
    self.init(
      nonce: nonce,
      issuedAt: issuedAt,
      attempt: attempt,
      mismatches: mismatches,
      windowBegan: windowBegan,
      lastOutcome: lastOutcome
    )
  }
}

extension Review {
  init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Review.Field
    self.init(since: Timestamp(microseconds: 0), attempt: 0)
    var hitAt: Timestamp?
    var hitProvider = ""
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.since): since = try reader.time()
      case .number(Field.attempt): attempt = try reader.narrow()
      case .number(Field.nextAttemptAt): nextAttemptAt = try reader.timeIfAny()
      case .number(Field.lastOutcome): lastOutcome = try reader.outcome("Review", Field.lastOutcome)
      case .number(Field.attention):
        guard let attention = Attention(rawValue: try reader.narrow()) else {
          throw .invalid(message: "Review", field: Field.attention)
        }
        self.attention = attention
      case .number(Field.hits): hits = try reader.narrow()
      case .bytes(Field.session): session = try Session(decoding: try reader.bytes())
      case .bytes(Field.reason): reason = try reader.text()
      case .number(Field.screenings): screenings = try reader.narrow()
      case .number(Field.hitAt): hitAt = try reader.timeIfAny()
      case .bytes(Field.hitProvider): hitProvider = try reader.text()
      default: try reader.skip(tag)
      }
    }
    lastHit = hitAt.map { Hit(at: $0, provider: hitProvider) }
  }
}

extension Monitoring {
  /// Reads a `gatehouse.journal.v1.Active`.
  init(decodingActive bytes: UnsafeRawBufferPointer) throws(RecordError) {
    self.init()
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(GatehouseJournalV1.Active.Field.monitoring): self = try Monitoring(decoding: try reader.bytes())
      default: try reader.skip(tag)
      }
    }
  }

  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Monitoring.Field
    self.init()
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.clearedAt): clearedAt = try reader.time()
      case .number(Field.screenings): screenings = try reader.narrow()
      case .bytes(Field.review): review = try Review(decoding: try reader.bytes())
      default: try reader.skip(tag)
      }
    }
  }
}

extension Session {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Session.Field
    self.init(provider: "", reference: "", url: "")
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.provider): provider = try reader.text()
      case .bytes(Field.reference): reference = try reader.text()
      case .bytes(Field.url): url = try reader.text()
      case .number(Field.expiresAt): expiresAt = try reader.timeIfAny()
      default: try reader.skip(tag)
      }
    }
  }
}

extension Hold {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Hold.Field
    var kind: HoldKind?
    var reason = ""
    var at = Timestamp(microseconds: 0)
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .number(Field.kind): kind = HoldKind(rawValue: try reader.narrow())
      case .bytes(Field.reason): reason = try reader.text()
      case .number(Field.at): at = try reader.time()
      default: try reader.skip(tag)
      }
    }
    guard let kind else { throw .invalid(message: "Hold", field: Field.kind) }
    self.init(kind: kind, reason: reason, at: at)
  }
}
