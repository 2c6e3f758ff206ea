/// A wallet: an account on an EVM chain, written as a CAIP-10 account id of the namespace `eip155`.
public struct WalletAccount: Sendable {
  /// The EIP-155 chain id.
  public let chainID: UInt64
  public let address: EthereumAddress
  /// `EthereumAddress.checksumCase` of the address: kept, because an account is written far more often than it is read,
  /// and working it out costs a Keccak-256.
  public let checksumCase: UInt64

  /// A wallet of any chain id; nil for the zero address, which is nobody's.
  public init?(chainID: UInt64, address: EthereumAddress) {
    self.init(chainID: chainID, address: address, checksumCase: address.checksumCase)
  }

  /// A wallet whose address' `checksumCase` the caller has kept; nil for the zero address.
  public init?(chainID: UInt64, address: EthereumAddress, checksumCase: UInt64) {
    guard !address.isZero else { return nil }
    self.init(chainID: chainID, nonzero: address, checksumCase: checksumCase)
  }

  /// The same for an address that is known not to be zero.
  init(chainID: UInt64, nonzero address: EthereumAddress, checksumCase: UInt64) {
    self.chainID = chainID
    self.address = address
    self.checksumCase = checksumCase
  }
}

extension WalletAccount: Hashable {
  // The spelling follows from the address.

  public static func == (left: WalletAccount, right: WalletAccount) -> Bool {
    left.chainID == right.chainID && left.address == right.address
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(chainID)
    hasher.combine(address)
  }
}
