/// What all sign-in messages of a server have in common, checked once, so that each message follows EIP-4361's grammar.
public struct SignInSettings: Hashable, Sendable {
  /// The longest value of a setting: the whole message then stays well below `SignInMessage.maximumByteCount`.
  public static let maximumByteCount = 4096

  public let domain: String
  public let uri: String
  public let statement: String?

  /// The message's text before the address, and between address and chain id.
  let beforeAddress: [UInt8]
  let beforeChainID: [UInt8]

  /// Checks the settings: an RFC 3986 authority that is not empty, an RFC 3986 URI, and a statement of the characters
  /// that EIP-4361 allows. An empty statement is none.
  public init(domain: String, uri: String, statement: String?) throws(SignInSettingError) {
    guard !domain.isEmpty else { throw SignInSettingError(setting: .domain, problem: .empty) }
    try Self.check(.domain, domain, URIGrammar.firstOffenceInAuthority)
    guard !uri.isEmpty else { throw SignInSettingError(setting: .uri, problem: .empty) }
    try Self.check(.uri, uri, URIGrammar.firstOffenceInURI)
    try Self.check(.statement, statement ?? "", URIGrammar.firstOffenceInStatement)
    self.domain = domain
    self.uri = uri
    self.statement = statement == "" ? nil : statement
    beforeAddress = Array("\(domain)\(SignInText.invitation)\n".utf8)
    let statementLines = self.statement.map { "\($0)\n" } ?? ""
    beforeChainID = Array("\n\n\(statementLines)\nURI: \(uri)\nVersion: 1\nChain ID: ".utf8)
  }

  private static func check(
    _ setting: SignInSettingError.Setting, _ value: String, _ firstOffence: (UnsafeRawBufferPointer) -> Int?
  ) throws(SignInSettingError) {
    let bytes = Array(value.utf8)
    guard bytes.count <= maximumByteCount else { throw SignInSettingError(setting: setting, problem: .tooLong) }
    guard let offence = bytes.withUnsafeBytes(firstOffence) else { return }
    let problem: SignInSettingError.Problem = offence < bytes.count ? .character(at: offence) : .incomplete
    throw SignInSettingError(setting: setting, problem: problem)
  }
}

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
