internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Wallet

/// The greatest lengths of what callers send, in bytes, as the proto files tell them.
enum FieldLimit {
  static let externalID = 256
  static let labels = 16
  static let labelKey = 64
  static let labelValue = 256
  static let idempotencyKey = 64
  static let reason = 256
  static let privateDetail = 1024
  static let provider = 64
  static let reference = 256
  static let risk = 64
  static let sessionURL = 2048
  static let signedMessage = 4096
  static let tenant = 64
  static let watchedCustomers = 1000
  static let pageSize = 1000
  static let defaultPageSize = 100
  static let claimedReviews = 100
}

/// Checks of single fields; each names its field when it refuses.
enum RequestValidation {
  static func customerID(_ text: String) throws(Status) -> CustomerID {
    try text.withUTF8Bytes { bytes in Result { () throws(Status) in try customerID(bytes) } }.get()
  }

  static func customerID(_ text: UnsafeRawBufferPointer) throws(Status) -> CustomerID {
    guard let id = CustomerID(utf8: text) else {
      throw .fieldInvalid("customer_id", "must be the id of a customer: a UUID as lower-case text")
    }
    return id
  }

  /// - Parameter text: UTF-8.
  static func wallet(_ text: UnsafeRawBufferPointer) throws(Status) -> WalletAccount {
    try wallet(text) { () throws(WalletAccountError) in try WalletAccount(text: text) }
  }

  /// The same without a look at the checksum, which ``account(_:checksumCase:)`` takes.
  ///
  /// - Parameter text: UTF-8.
  static func spelledWallet(_ text: UnsafeRawBufferPointer) throws(Status) -> SpelledWallet {
    try wallet(text) { () throws(WalletAccountError) in try SpelledWallet(text: text) }
  }

  /// The wallet, given the `checksumCase` of its address.
  static func account(_ wallet: SpelledWallet, checksumCase: UInt64) throws(Status) -> WalletAccount {
    try self.wallet(UnsafeRawBufferPointer(start: nil, count: 0)) { () throws(WalletAccountError) in
      try wallet.account(checksumCase: checksumCase)
    }
  }

  private static func wallet<Wallet>(
    _ text: UnsafeRawBufferPointer, _ read: () throws(WalletAccountError) -> Wallet
  ) throws(Status) -> Wallet {
    do throws(WalletAccountError) {
      return try read()
    } catch {
      let violation = [(field: "wallet", description: error.description)]
      switch error {
      case .unsupportedNamespace:
        let namespace = String(decoding: text.prefix(while: { $0 != UInt8(ascii: ":") }), as: UTF8.self)
        throw Status(
          .invalidArgument, .unsupportedChain, "wallet: \(error)",
          metadata: [("namespace", namespace), ("supported", "eip155")], fieldViolations: violation)
      case .malformed, .checksum, .zeroAddress:
        throw Status(.invalidArgument, .walletInvalid, "wallet: \(error)", fieldViolations: violation)
      }
    }
  }

  /// Text for people or other systems: no control characters, of a bounded length.
  static func text(_ text: String, _ field: String, atLeast minimum: Int = 0, atMost limit: Int) throws(Status) {
    try text.withUTF8Bytes { bytes in
      Result { () throws(Status) in try self.text(bytes, field, atLeast: minimum, atMost: limit) }
    }.get()
  }

  /// - Parameter text: UTF-8.
  static func text(
    _ text: UnsafeRawBufferPointer, _ field: String, atLeast minimum: Int = 0, atMost limit: Int
  ) throws(Status) {
    let count = text.count
    if count < minimum { throw .fieldInvalid(field, "must not be empty") }
    if count > limit { throw .fieldInvalid(field, "is \(count) bytes long; at most \(limit) are taken") }
    if holdsControlCharacters(text) { throw .fieldInvalid(field, "must not hold control characters") }
  }

  /// Whether UTF-8 holds one of U+0000 to U+001F and U+007F to U+009F; the latter are C2 80 to C2 9F.
  private static func holdsControlCharacters(_ text: UnsafeRawBufferPointer) -> Bool {
    // Eight printable characters of ASCII at once, as far as there are: to each byte a number is added that sets its
    // highest bit from 0x20 on, and one that does from 0x7f on.
    let each: UInt64 = 0x0101_0101_0101_0101
    let highest = 0x80 &* each
    var position = 0
    while position &+ 8 <= text.count {
      let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      guard (word | word &+ each) & highest == 0, (word &+ 0x60 &* each) & highest == highest else { break }
      position &+= 8
    }
    var previous: UInt8 = 0
    while position < text.count {
      let byte = text[position]
      if byte < 0x20 || byte == 0x7f || (previous == 0xc2 && byte < 0xa0) { return true }
      previous = byte
      position &+= 1
    }
    return false
  }

  static func labels(_ labels: WireMap<String, String>) throws(Status) -> [Label] {
    if labels.isEmpty { return [] }
    if labels.count > FieldLimit.labels {
      throw .fieldInvalid("labels", "at most \(FieldLimit.labels) pairs are taken")
    }
    var checked: [Label] = []
    for (key, value) in labels {
      try text(key, "labels.key", atLeast: 1, atMost: FieldLimit.labelKey)
      try text(value, "labels.value", atMost: FieldLimit.labelValue)
      checked.append(Label(key: key, value: value))
    }
    return checked
  }

  static func idempotencyKey(_ key: String) throws(Status) {
    let isPrintable = key.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    guard key.utf8.count <= FieldLimit.idempotencyKey, isPrintable else {
      throw .fieldInvalid(
        "idempotency_key", "must be at most \(FieldLimit.idempotencyKey) printable ASCII characters")
    }
  }

  static func states(_ states: [GatehouseV1.CustomerState]) throws(Status) -> States {
    var set: States = []
    for state in states {
      guard let state = UInt8(exactly: state.rawValue).flatMap(State.init(rawValue:)) else {
        throw .fieldInvalid("states", "\(state.rawValue) is not a state")
      }
      set.insert(state)
    }
    return set
  }

  static func holdKind(_ kind: GatehouseV1.HoldKind, _ field: String) throws(Status) -> HoldKind {
    guard let kind = UInt8(exactly: kind.rawValue).flatMap(HoldKind.init(rawValue:)) else {
      throw .fieldInvalid(field, "\(kind.rawValue) is not a kind of hold")
    }
    return kind
  }

  /// The tenant that a call is about: the one it names, for those who may name one, or the caller's own.
  static func tenant(_ named: String, by caller: Caller) throws(Status) -> String {
    if named.isEmpty {
      guard let own = caller.tenant else {
        throw .fieldInvalid("tenant", "must be named: the platform has none of its own")
      }
      return own
    }
    try text(named, "tenant", atMost: FieldLimit.tenant)
    guard named != TokenHolder.everyTenant else {
      throw .fieldInvalid("tenant", "is not the name of a tenant: it stands for all of them where tokens are held")
    }
    guard caller.role == .platform || named == caller.tenant else {
      throw .fieldInvalid("tenant", "only the platform names another tenant than its own")
    }
    return named
  }

  /// The tenant whose customers a call sees: the one it names, or all that the caller sees.
  static func visibleTenant(_ named: String, by caller: Caller) throws(Status) -> String? {
    named.isEmpty ? caller.visibleTenant : try tenant(named, by: caller)
  }
}
