internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

/// A `gatehouse.journal.v1.Customer` as it lies in a record or in a snapshot: read and checked, the texts that most
/// events leave as they are not copied. Valid as long as the message's bytes.
///
/// It is read in place and taken from, not made and copied: a start does that for each event.
struct EncodedCustomer {
  private(set) var id = CustomerID(high: 0, low: 0)
  private(set) var tenant = EncodedText.none
  private(set) var externalID = EncodedText.none
  /// nil where the message names a customer by id alone; ``standing`` too.
  private(set) var account: WalletAccount?
  private(set) var labels: [Label] = []
  private(set) var createdAt = Timestamp(microseconds: 0)
  private(set) var standing: Standing?

  /// Whether the message holds a whole customer, not the id alone.
  private(set) var isWhole = false

  /// Reads a message in place of what was there before.
  ///
  /// - Parameter notice: told the id as soon as it is known.
  mutating func read(_ bytes: UnsafeRawBufferPointer, notice: (CustomerID) -> Void) throws(RecordError) {
    typealias Field = GatehouseJournalV1.Customer.Field
    self = EncodedCustomer()
    var hasID = false
    var chain: UInt64 = 0
    var address: EthereumAddress?
    var checksumCase: UInt64?
    var reader = FieldReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case .bytes(Field.id):
        let found = try reader.id()
        hasID = found != nil
        if let found {
          id = found
          notice(found)
        }
      case .bytes(Field.tenant): tenant = try reader.encodedText()
      case .bytes(Field.externalId): externalID = try reader.encodedText()
      case .number(Field.chain): chain = try reader.number()
      case .bytes(Field.address): address = try reader.address()
      case .fixed64(Field.checksumCase): checksumCase = try reader.fixed64()
      case .bytes(Field.labels):
        // Labels lie together: an array of just their number, made once.
        if labels.isEmpty { labels.reserveCapacity(1 + reader.following(tag)) }
        labels.append(try Label(decoding: try reader.bytes()))
      case .number(Field.createdAt): createdAt = try reader.time()
      case .bytes(Field.initiating): standing = .initiating(try Proof(decoding: try reader.bytes()))
      case .bytes(Field.screening): standing = .screening(try Review(decoding: try reader.bytes()))
      case .bytes(Field.verifying): standing = .verifying(try Review(decoding: try reader.bytes()))
      case .bytes(Field.active): standing = .active(try Monitoring(decodingActive: try reader.bytes()))
      case .bytes(Field.inactive): standing = try Standing(decodingInactive: try reader.bytes())
      case .bytes(Field.rejected): standing = .rejected(reason: try Standing.decodeRejection(try reader.bytes()))
      default: try reader.skip(tag)
      }
    }
    guard hasID else { throw .invalid(message: "Customer", field: Field.id) }
    guard let address, standing != nil else { return }
    account =
      checksumCase.map { WalletAccount(chainID: chain, address: address, checksumCase: $0) }
      ?? WalletAccount(chainID: chain, address: address)
    guard account != nil else { throw .invalid(message: "Customer", field: Field.address) }
    isWhole = true
  }
}

extension CustomerRecord {
  /// The customer to keep; nil where the message holds the id alone.
  ///
  /// - Parameters:
  ///   - encoded: labels and standing are taken out of it.
  ///   - tenant: the name of the tenant, where it is at hand as a string.
  init?(taking encoded: inout EncodedCustomer, tenant: String? = nil, revision: UInt64, updatedAt: Timestamp) {
    guard let account = encoded.account, let standing = encoded.takeStanding() else { return nil }
    self.init(
      id: encoded.id,
      tenant: tenant ?? encoded.tenant.string,
      externalID: InlineText(copyingUTF8: encoded.externalID.bytes),
      account: account,
      labels: encoded.takeLabels(),
      createdAt: encoded.createdAt,
      updatedAt: updatedAt,
      revision: revision,
      standing: standing
    )
  }

  /// Becomes what an event has made of the same customer. Texts that are the same, which is nearly all of them, are
  /// kept: comparing them costs less than making and freeing copies.
  ///
  /// - Parameter encoded: a whole customer, out of which labels and standing are taken.
  mutating func change(toTaken encoded: inout EncodedCustomer, revision: UInt64, updatedAt: Timestamp) {
    guard let account = encoded.account, let standing = encoded.takeStanding() else { return }
    if !encoded.tenant.isSame(as: tenant) { tenant = encoded.tenant.string }
    if !encoded.externalID.isSame(as: externalID) { externalID = InlineText(copyingUTF8: encoded.externalID.bytes) }
    if labels != encoded.labels { labels = encoded.takeLabels() }
    self.account = account
    createdAt = encoded.createdAt
    self.updatedAt = updatedAt
    self.revision = revision
    self.standing = standing
  }
}

extension EncodedCustomer {
  fileprivate mutating func takeStanding() -> Standing? { standing.take() }

  fileprivate mutating func takeLabels() -> [Label] {
    var taken: [Label] = []
    swap(&taken, &labels)
    return taken
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
