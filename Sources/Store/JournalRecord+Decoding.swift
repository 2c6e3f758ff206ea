internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

// The way back from `gatehouse.journal.v1.Record`. The journal has checked that the bytes are the ones that were
// written; whether they make sense is checked here, and nothing that does not is taken for a customer.

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
    typealias Field = GatehouseJournalV1.Record.Field
    self.init(
      revision: 0,
      at: Timestamp(microseconds: 0),
      previousRevision: 0,
      cause: Cause(command: .createCustomer, principal: ""),
      subject: CustomerID(high: 0, low: 0)
    )
    var isCommandKnown = false
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.revision: revision = value.varint
      case Field.at: at = value.time
      case Field.previousRevision: previousRevision = value.varint
      case Field.command:
        guard let command = CommandName(rawValue: value.narrow()) else {
          throw .invalid(message: "Record", field: field)
        }
        cause.command = command
        isCommandKnown = true
      case Field.principal: cause.principal = try value.string()
      case Field.reason: cause.reason = try value.string()
      case Field.privateDetail: cause.privateDetail = try value.string()
      case Field.from:
        guard let state = State(rawValue: value.narrow()) else { throw .invalid(message: "Record", field: field) }
        from = state
      case Field.customer: (subject, customer) = try CustomerRecord.decode(value.bytes)
      case Field.idempotency: idempotency = try AnsweredCall(decoding: value.bytes)
      case Field.report: report = try Report(decoding: value.bytes)
      default: break
      }
    }
    guard isCommandKnown else { throw .invalid(message: "Record", field: Field.command) }
    if revision == 0 {
      customer = nil
    } else {
      guard customer != nil else { throw .invalid(message: "Record", field: Field.customer) }
      customer?.revision = revision
      customer?.updatedAt = at
    }
  }
}

extension CustomerRecord {
  /// The id, and the customer where the message holds a whole one.
  static func decode(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> (CustomerID, CustomerRecord?) {
    typealias Field = GatehouseJournalV1.Customer.Field
    var id: CustomerID?
    var tenant = ""
    var externalID = ""
    var chain: UInt64 = 0
    var address: EthereumAddress?
    var checksumCase: UInt64?
    var labels: [Label] = []
    var createdAt = Timestamp(microseconds: 0)
    var standing: Standing?
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.id: id = try value.customerID()
      case Field.tenant: tenant = try value.string()
      case Field.externalId: externalID = try value.string()
      case Field.chain: chain = value.varint
      case Field.address:
        address = EthereumAddress(value.bytes)
        if address == nil { throw .invalid(message: "Customer", field: field) }
      case Field.checksumCase: checksumCase = value.varint
      case Field.labels: labels.append(try Label(decoding: value.bytes))
      case Field.createdAt: createdAt = value.time
      case Field.initiating: standing = .initiating(try Proof(decoding: value.bytes))
      case Field.screening: standing = .screening(try Review(decoding: value.bytes))
      case Field.verifying: standing = .verifying(try Review(decoding: value.bytes))
      case Field.active: standing = .active
      case Field.inactive: standing = .inactive(try Hold.decodeAll(value.bytes))
      case Field.rejected: standing = .rejected(reason: try decodeRejection(value.bytes))
      default: break
      }
    }
    guard let id else { throw .invalid(message: "Customer", field: Field.id) }
    guard let address, let standing else { return (id, nil) }
    let account =
      checksumCase.map { WalletAccount(chainID: chain, address: address, checksumCase: $0) }
      ?? WalletAccount(chainID: chain, address: address)
    guard let account else {
      throw .invalid(message: "Customer", field: Field.address)
    }
    return (
      id,
      CustomerRecord(
        id: id,
        tenant: tenant,
        externalID: externalID,
        account: account,
        labels: labels,
        createdAt: createdAt,
        updatedAt: createdAt,
        revision: 0,
        standing: standing
      )
    )
  }

  private static func decodeRejection(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> String {
    var reason = ""
    try readFields(bytes) { (field, value) throws(RecordError) in
      if field == GatehouseJournalV1.Rejected.Field.reason { reason = try value.string() }
    }
    return reason
  }
}

extension Label {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    self.init(key: "", value: "")
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case 1: key = try value.string()
      case 2: self.value = try value.string()
      default: break
      }
    }
  }
}

extension Proof {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Initiating.Field
    var nonce: Nonce?
    var issuedAt = Timestamp(microseconds: 0)
    var since = issuedAt
    var windowBegan = issuedAt
    var attempt: UInt32 = 0
    var mismatches: UInt8 = 0
    var lastOutcome: Outcome?
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.nonce: nonce = Nonce(utf8: value.bytes)
      case Field.issuedAt: issuedAt = value.time
      case Field.since: since = value.time
      case Field.mismatches: mismatches = value.narrow()
      case Field.windowBegan: windowBegan = value.time
      case Field.lastOutcome: lastOutcome = try value.outcome("Initiating", field)
      case Field.attempt: attempt = value.narrow()
      default: break
      }
    }
    guard let nonce else { throw .invalid(message: "Initiating", field: Field.nonce) }
    self.init(
      nonce: nonce,
      issuedAt: issuedAt,
      since: since,
      attempt: attempt,
      mismatches: mismatches,
      windowBegan: windowBegan,
      lastOutcome: lastOutcome
    )
  }
}

extension Review {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Review.Field
    var review = Review(since: Timestamp(microseconds: 0))
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.since: review.since = value.time
      case Field.attempt: review.attempt = value.narrow()
      case Field.nextAttemptAt: review.nextAttemptAt = value.time
      case Field.lastOutcome: review.lastOutcome = try value.outcome("Review", field)
      case Field.attention:
        guard let attention = Attention(rawValue: value.narrow()) else {
          throw .invalid(message: "Review", field: field)
        }
        review.attention = attention
      case Field.hits: review.hits = value.narrow()
      case Field.session: review.session = try Session(decoding: value.bytes)
      case Field.reason: review.reason = try value.string()
      default: break
      }
    }
    self = review
  }
}

extension Session {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Session.Field
    self.init(provider: "", reference: "", url: "", expiresAt: nil)
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.provider: provider = try value.string()
      case Field.reference: reference = try value.string()
      case Field.url: url = try value.string()
      case Field.expiresAt: expiresAt = value.time
      default: break
      }
    }
  }
}

extension Hold {
  fileprivate static func decodeAll(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> [Hold] {
    var holds: [Hold] = []
    try readFields(bytes) { (field, value) throws(RecordError) in
      if field == GatehouseJournalV1.Inactive.Field.holds { holds.append(try Hold(decoding: value.bytes)) }
    }
    return holds
  }

  private init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Hold.Field
    var kind: HoldKind?
    var reason = ""
    var at = Timestamp(microseconds: 0)
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.kind: kind = HoldKind(rawValue: value.narrow())
      case Field.reason: reason = try value.string()
      case Field.at: at = value.time
      default: break
      }
    }
    guard let kind else { throw .invalid(message: "Hold", field: Field.kind) }
    self.init(kind: kind, reason: reason, at: at)
  }
}

extension AnsweredCall {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Idempotency.Field
    self.init(key: "", digest: RequestDigest(low: 0, high: 0), form: 0, refusal: 0, answeredRevision: 0)
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.key: key = try value.string()
      case Field.digest:
        let id = try value.customerID()
        digest = RequestDigest(low: id.low, high: id.high)
      case Field.form: form = value.narrow()
      case Field.refusal: refusal = value.narrow()
      case Field.answeredRevision: answeredRevision = value.varint
      default: break
      }
    }
  }
}

extension Report {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Report.Field
    self.init(attempt: 0, outcome: 0, provider: "", reference: "", detail: "")
    try readFields(bytes) { (field, value) throws(RecordError) in
      switch field {
      case Field.attempt: attempt = value.narrow()
      case Field.outcome: outcome = value.narrow()
      case Field.provider: provider = try value.string()
      case Field.reference: reference = try value.string()
      case Field.risk: risk = try value.string()
      case Field.detail: detail = try value.string()
      case Field.final: isFinal = value.varint != 0
      default: break
      }
    }
  }
}
