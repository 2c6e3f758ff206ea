/// Why text is not an address.
public enum AddressError: Error, Hashable, Sendable {
  /// Not `0x` and 40 hexadecimal digits.
  case malformed
  /// The digits' case is mixed and not EIP-55's.
  case checksum
}
