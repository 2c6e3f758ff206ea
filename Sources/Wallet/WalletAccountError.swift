/// Why text is not a wallet.
public enum WalletAccountError: Error, Hashable, Sendable {
  /// Not a CAIP-10 account id, or not one as the namespace `eip155` has them.
  case malformed
  /// A well-formed CAIP-10 account id of a namespace other than `eip155`.
  case unsupportedNamespace
  /// The address mixes cases in another way than EIP-55.
  case checksum
  /// The zero address.
  case zeroAddress
}

extension WalletAccountError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed: "a wallet is written as eip155:<chain id>:0x<40 hexadecimal digits>"
    case .unsupportedNamespace: "only wallets of the namespace eip155 are supported"
    case .checksum: "the address mixes upper and lower case, but not as its checksum (EIP-55) asks"
    case .zeroAddress: "the zero address is nobody's wallet"
    }
  }
}
