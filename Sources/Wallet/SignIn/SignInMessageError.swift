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
