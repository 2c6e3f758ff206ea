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
