/// A setting with which messages would not follow EIP-4361's grammar.
public struct SignInSettingError: Error, Hashable, Sendable {
  public enum Setting: String, Hashable, Sendable {
    case domain, uri, statement
  }

  public enum Problem: Hashable, Sendable {
    /// There is nothing, where something must be.
    case empty
    /// More than `SignInSettings.maximumByteCount` bytes.
    case tooLong
    /// The byte at this offset, from 0, cannot stand there.
    case character(at: Int)
    /// It ends before it is complete.
    case incomplete
  }

  public let setting: Setting
  public let problem: Problem
}

extension SignInSettingError: CustomStringConvertible {
  public var description: String {
    let what =
      switch setting {
      case .domain: "the challenge's domain must be an authority of RFC 3986, such as app.example:8443"
      case .uri: "the challenge's URI must be a URI of RFC 3986 with its scheme, such as https://app.example"
      case .statement:
        "the challenge's statement must be one line of ASCII letters, digits, spaces and -._~:/?#[]@!$&'()*+,;="
      }
    return switch problem {
    case .empty: "\(what); it is empty"
    case .tooLong: "\(what); it is longer than \(SignInSettings.maximumByteCount) bytes"
    case .character(let offset): "\(what); the byte at offset \(offset) cannot stand there"
    case .incomplete: "\(what); it is incomplete"
    }
  }
}
