internal import ByteText
public import Lifecycle
internal import ProtobufWire
public import Wallet

/// The hashes of the keys that a customer's tenant chose, by which the indexes find the customer.
public struct KeyHashes: Sendable {
  var wallet: UInt64
  var externalID: UInt64
}

/// What a customer is found by: an id, or what the tenant chose, with its hash.
public enum CustomerKey: Sendable {
  case id(CustomerID)
  case wallet(WalletAccount, hash: UInt64)
  /// The text itself lies elsewhere.
  case externalID(hash: UInt64)
}

extension CustomerKey {
  /// In which index the key is looked for, and under which hash: all that has to be known of it to have the customer
  /// fetched.
  @frozen
  public struct Place: Sendable {
    @frozen
    public enum Index: Sendable { case id, wallet, externalID }

    public let index: Index
    public let hash: UInt64

    @inlinable
    init(in index: Index, hash: UInt64) {
      self.index = index
      self.hash = hash
    }
  }

  @inlinable
  public var place: Place {
    switch self {
    case .id(let id): Place(in: .id, hash: Self.hash(id))
    case .wallet(_, let hash): Place(in: .wallet, hash: hash)
    case .externalID(let hash): Place(in: .externalID, hash: hash)
    }
  }

  /// Ids are made by the server, and random: they need no seed. The low word holds 62 random bits below the variant.
  @inlinable
  static func hash(_ id: CustomerID) -> UInt64 { id.low &* 0x9e37_79b9_7f4a_7c15 }
}

/// A tenant, with what stands for it in the hashes of the keys it chose.
public struct HashedTenant: Sendable {
  public let name: String
  let hash: UInt64
}

/// Hashes the keys that tenants choose, under a seed of its own: nobody can make them collide. Any thread.
struct KeyHasher: Sendable {
  private let seed: (UInt64, UInt64)

  init() {
    var generator = SystemRandomNumberGenerator()
    seed = (generator.next(), generator.next())
  }

  /// Stands for a tenant in the hashes below.
  func hash(ofTenant name: UnsafeRawBufferPointer) -> UInt64 {
    var hash = KeyHash(key: seed)
    hash.combine(name)
    return hash.finish()
  }

  func hash(ofTenant name: String) -> UInt64 { name.withUTF8Bytes { hash(ofTenant: $0) } }

  /// - Parameters:
  ///   - externalID: UTF-8.
  ///   - tenant: ``hash(ofTenant:)`` of its name.
  func hashes(_ account: WalletAccount, externalID: UnsafeRawBufferPointer, tenant: UInt64) -> KeyHashes {
    KeyHashes(wallet: hash(account, tenant: tenant), externalID: hash(externalID: externalID, tenant: tenant))
  }

  func hashes(_ account: WalletAccount, externalID: borrowing InlineText, tenant: String) -> KeyHashes {
    let tenantHash = hash(ofTenant: tenant)
    return externalID.withUTF8Bytes { hashes(account, externalID: $0, tenant: tenantHash) }
  }

  func hash(_ account: WalletAccount, tenant: UInt64) -> UInt64 {
    var hash = KeyHash(key: seed)
    hash.combine(tenant)
    hash.combine(account.chainID)
    hash.combine(account.address.word0)
    hash.combine(account.address.word1)
    hash.combine(UInt64(account.address.word2))
    return hash.finish()
  }

  func hash(externalID: UnsafeRawBufferPointer, tenant: UInt64) -> UInt64 {
    var hash = KeyHash(key: seed)
    hash.combine(tenant)
    hash.combine(externalID)
    return hash.finish()
  }
}
