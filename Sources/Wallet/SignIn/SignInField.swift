/// A part of a sign-in message, in the order in which EIP-4361 has them.
public enum SignInField: String, Hashable, Sendable, CaseIterable {
  /// The first line: scheme and domain that ask.
  case domain
  /// The second line.
  case address
  /// The lines around the statement, and the statement itself.
  case statement
  case uri
  case version
  case chainID
  case nonce
  case issuedAt
  case expirationTime
  case notBefore
  case requestID
  case resources
}
