internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

// The way back from `gatehouse.journal.v1.Customer`, which both the records of the log and the store's snapshots hold.

extension CustomerRecord {
  /// Reads one encoded `Customer`: the id, and the customer where the message holds a whole one. What the message does
  /// not say, the revision and the time of the newest event, is left at 0 and at the time of the creation.
  ///
  /// - Parameter notice: told the id as soon as it is known, which is before all the rest.
  static func decode(
    _ bytes: UnsafeRawBufferPointer,
    notice: (CustomerID) -> Void = { _ in }
  ) throws(RecordError) -> (CustomerID, CustomerRecord?) {
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
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.id):
        id = try reader.id()
        if let id { notice(id) }
      case .bytes(Field.tenant): tenant = try reader.text()
      case .bytes(Field.externalId): externalID = try reader.text()
      case .number(Field.chain): chain = try reader.number()
      case .bytes(Field.address): address = try reader.address()
      case .fixed64(Field.checksumCase): checksumCase = try reader.fixed64()
      case .bytes(Field.labels): labels.append(try Label(decoding: try reader.bytes()))
      case .number(Field.createdAt): createdAt = try reader.time()
      case .bytes(Field.initiating): standing = .initiating(try Proof(decoding: try reader.bytes()))
      case .bytes(Field.screening): standing = .screening(try Review(decoding: try reader.bytes()))
      case .bytes(Field.verifying): standing = .verifying(try Review(decoding: try reader.bytes()))
      case .bytes(Field.active):
        try FieldReader.skipAll(try reader.bytes())
        standing = .active
      case .bytes(Field.inactive): standing = .inactive(try Hold.decodeAll(try reader.bytes()))
      case .bytes(Field.rejected): standing = .rejected(reason: try decodeRejection(try reader.bytes()))
      default: try reader.skip(tag)
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

extension FieldReader {
  /// Twenty bytes; nil for none at all.
  fileprivate mutating func address() throws(RecordError) -> EthereumAddress? {
    let bytes = try bytes()
    if let address = EthereumAddress(bytes) { return address }
    guard bytes.isEmpty else {
      throw .invalid(message: "Customer", field: GatehouseJournalV1.Customer.Field.address)
    }
    return nil
  }
}

extension Label {
  fileprivate init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
    self.init(key: "", value: "")
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(1): key = try reader.text()
      case .bytes(2): value = try reader.text()
      default: try reader.skip(tag)
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
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.nonce): nonce = Nonce(utf8: try reader.bytes())
      case .number(Field.issuedAt): issuedAt = try reader.time()
      case .number(Field.since): since = try reader.time()
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
    self.init(since: Timestamp(microseconds: 0), attempt: 0)
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
  fileprivate static func decodeAll(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> [Hold] {
    var holds: [Hold] = []
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(GatehouseJournalV1.Inactive.Field.holds): holds.append(try Hold(decoding: try reader.bytes()))
      default: try reader.skip(tag)
      }
    }
    return holds
  }

  private init(decoding bytes: UnsafeRawBufferPointer) throws(RecordError) {
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
