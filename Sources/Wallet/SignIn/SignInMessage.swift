/// A sign-in message of EIP-4361: what a wallet shows and signs to prove that its owner holds the key.
public struct SignInMessage: Hashable, Sendable {
  /// The longest text that is read as a message. Own messages stay below it, see `SignInSettings.maximumByteCount`.
  public static let maximumByteCount = 16_384

  /// The scheme of the origin that asks, where the message states it.
  public var scheme: String?
  /// The RFC 3986 authority that asks.
  public var domain: String
  public var address: EthereumAddress
  public var statement: String?
  /// The RFC 3986 URI that is signed in to.
  public var uri: String
  public var chainID: UInt64
  /// Eight letters and digits or more.
  public var nonce: String
  /// Unix microseconds, as are the other times.
  public var issuedAt: Int64
  public var expirationTime: Int64?
  public var notBefore: Int64?
  public var requestID: String?
  /// RFC 3986 URIs; nil where the message has no list, which is not the same text as an empty list.
  public var resources: [String]?

  public init(
    scheme: String? = nil, domain: String, address: EthereumAddress, statement: String? = nil, uri: String,
    chainID: UInt64, nonce: String, issuedAt: Int64, expirationTime: Int64? = nil, notBefore: Int64? = nil,
    requestID: String? = nil, resources: [String]? = nil
  ) {
    self.scheme = scheme
    self.domain = domain
    self.address = address
    self.statement = statement
    self.uri = uri
    self.chainID = chainID
    self.nonce = nonce
    self.issuedAt = issuedAt
    self.expirationTime = expirationTime
    self.notBefore = notBefore
    self.requestID = requestID
    self.resources = resources
  }

  /// The first field in which this message is not the other one; nil for equal messages.
  public func firstDifference(from other: SignInMessage) -> SignInField? {
    if scheme != other.scheme || domain != other.domain { return .domain }
    if address != other.address { return .address }
    if statement != other.statement { return .statement }
    if uri != other.uri { return .uri }
    if chainID != other.chainID { return .chainID }
    if nonce != other.nonce { return .nonce }
    if issuedAt != other.issuedAt { return .issuedAt }
    if expirationTime != other.expirationTime { return .expirationTime }
    if notBefore != other.notBefore { return .notBefore }
    if requestID != other.requestID { return .requestID }
    if resources != other.resources { return .resources }
    return nil
  }
}
