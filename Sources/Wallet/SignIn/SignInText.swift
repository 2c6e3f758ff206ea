/// The fixed text of a sign-in message (EIP-4361), in the order in which it stands there.
enum SignInText {
  static let invitation: StaticString = " wants you to sign in with your Ethereum account:"
  static let schemeEnd: StaticString = "://"
  static let uri: StaticString = "URI: "
  static let version: StaticString = "Version: 1"
  static let chainID: StaticString = "Chain ID: "
  static let nonce: StaticString = "Nonce: "
  static let issuedAt: StaticString = "Issued At: "
  static let expirationTime: StaticString = "Expiration Time: "
  static let notBefore: StaticString = "Not Before: "
  static let requestID: StaticString = "Request ID: "
  static let resources: StaticString = "Resources:"
  static let resource: StaticString = "- "
  static let lineFeed: StaticString = "\n"
}

extension StaticString {
  /// The bytes; they live as long as the process.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
