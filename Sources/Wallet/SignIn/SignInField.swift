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

/// Where a text stops being a sign-in message.
public enum SignInMessageError: Error, Hashable, Sendable {
  /// Longer than `SignInMessage.maximumByteCount`; nothing of it was read.
  case tooLong(Int)
  /// The first line that is off (the first line of the text is 1), and what should stand there.
  case line(Int, SignInField)
  /// This line follows a complete message.
  case trailingLine(Int)
}

extension SignInMessageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count): "a message of \(count) bytes is longer than \(SignInMessage.maximumByteCount)"
    case .line(let line, let field): "line \(line) of the message is not the \(field.rawValue) that EIP-4361 has there"
    case .trailingLine(let line): "line \(line) follows the end of the message"
    }
  }
}
