/// A wallet: an account on an EVM chain, written as a CAIP-10 account id of the namespace `eip155`.
public struct WalletAccount: Hashable, Sendable {
  /// The EIP-155 chain id.
  public let chainID: UInt64
  public let address: EthereumAddress

  /// A wallet of any chain id; nil for the zero address, which is nobody's.
  public init?(chainID: UInt64, address: EthereumAddress) {
    guard !address.isZero else { return nil }
    self.chainID = chainID
    self.address = address
  }
}
