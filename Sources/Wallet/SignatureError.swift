/// Why bytes are not a signature that a wallet may give: each is a malformed signature, none says anything about a key.
public enum SignatureError: Error, Hashable, Sendable {
  /// Neither 65 bytes (r, s, v) nor 64 (EIP-2098).
  case length(Int)
  /// The 65th byte is none of 0, 1, 27 and 28.
  case recoveryByte(UInt8)
  /// r is zero or not below the group's order.
  case rOutOfRange
  /// s is zero or not below the group's order.
  case sOutOfRange
  /// s lies above half the group's order (EIP-2): the other form of a signature that has a canonical one.
  case highS
}

extension SignatureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .length(let count): "a signature has 65 bytes, or 64 in the form of EIP-2098, not \(count)"
    case .recoveryByte(let byte): "the signature's last byte is 27, 28, 0 or 1, not \(byte)"
    case .rOutOfRange: "the signature's r is zero or not below the group's order"
    case .sOutOfRange: "the signature's s is zero or not below the group's order"
    case .highS: "the signature's s lies above half the group's order"
    }
  }
}
