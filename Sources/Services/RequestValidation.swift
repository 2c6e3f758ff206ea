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
    guard let id = CustomerID(text) else {
      throw .fieldInvalid("customer_id", "must be the id of a customer: a UUID as lower-case text")
    }
    return id
  }

  static func wallet(_ text: String) throws(Status) -> WalletAccount {
    do throws(WalletAccountError) {
      return try WalletAccount(text: text)
    } catch {
      let violation = [(field: "wallet", description: error.description)]
      switch error {
      case .unsupportedNamespace:
        let namespace = String(text.prefix(while: { $0 != ":" }))
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
    let count = text.utf8.count
    if count < minimum { throw .fieldInvalid(field, "must not be empty") }
    if count > limit { throw .fieldInvalid(field, "is \(count) bytes long; at most \(limit) are taken") }
    if holdsControlCharacters(text) { throw .fieldInvalid(field, "must not hold control characters") }
  }

  /// Whether the text holds one of U+0000 to U+001F and U+007F to U+009F; the latter are C2 80 to C2 9F in UTF-8.
  private static func holdsControlCharacters(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var previous: UInt8 = 0
      for byte in bytes {
        if byte < 0x20 || byte == 0x7f || (previous == 0xc2 && byte < 0xa0) { return true }
        previous = byte
      }
      return false
    }
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
