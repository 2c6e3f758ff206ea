extension SignInMessage {
  /// The message's bytes.
  ///
  /// Lines end in a line feed, the last one in nothing. Times are RFC 3339 in UTC: to the second where they are whole
  /// seconds, else with six digits of fraction. The fields are written as they are; whether they follow the grammar is
  /// for `SignInSettings` and the parser to say.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    appendText(to: &bytes)
    return bytes
  }

  /// Appends the message's bytes.
  public func appendText(to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + 256 + domain.utf8.count + (statement?.utf8.count ?? 0) + uri.utf8.count)
    func line(_ label: StaticString, _ text: String) {
      bytes.append(UInt8(ascii: "\n"))
      bytes.append(contentsOf: label.bytes)
      bytes.append(contentsOf: text.utf8)
    }
    func line(_ label: StaticString, time: Int64) {
      line(label, "")
      bytes.append(atMost: CivilTime.maximumTextLength) { CivilTime(unixMicroseconds: time).appendText(to: &$0) }
    }
    if let scheme {
      bytes.append(contentsOf: scheme.utf8)
      bytes.append(contentsOf: SignInText.schemeEnd.bytes)
    }
    bytes.append(contentsOf: domain.utf8)
    bytes.append(contentsOf: SignInText.invitation.bytes)
    line("", address.description)
    line("", "")
    if let statement { line("", statement) }
    line("", "")
    line(SignInText.uri, uri)
    line(SignInText.version, "")
    line(SignInText.chainID, String(chainID))
    line(SignInText.nonce, nonce)
    line(SignInText.issuedAt, time: issuedAt)
    if let expirationTime { line(SignInText.expirationTime, time: expirationTime) }
    if let notBefore { line(SignInText.notBefore, time: notBefore) }
    if let requestID { line(SignInText.requestID, requestID) }
    if let resources {
      line(SignInText.resources, "")
      for resource in resources { line(SignInText.resource, resource) }
    }
  }
}
