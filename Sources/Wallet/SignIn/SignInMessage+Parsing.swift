extension SignInMessage {
  /// Reads a message by EIP-4361's grammar, nothing left over, the address with EIP-55's checksum.
  ///
  /// Throws the first line that is off.
  public init(text: UnsafeRawBufferPointer) throws(SignInMessageError) {
    guard text.count <= Self.maximumByteCount else { throw .tooLong(text.count) }
    var lines = SignInLines(text: text)
    let (scheme, domain) = try lines.read(.domain, Self.origin)
    let address = try lines.read(.address, Self.address)
    try lines.read(.statement) { $0.isEmpty ? () : nil }
    // Without a statement its line is left out, not left empty: two empty lines in all.
    let statement = try lines.read(.statement) { line in
      line.isEmpty ? .some(nil) : Self.string(line, URIGrammar.firstOffenceInStatement).map(Optional.some)
    }
    if statement != nil { try lines.read(.statement) { $0.isEmpty ? () : nil } }
    let uri = try lines.read(.uri, label: SignInText.uri) { Self.string($0, URIGrammar.firstOffenceInURI) }
    try lines.read(.version, label: SignInText.version) { $0.isEmpty ? () : nil }
    let chainID = try lines.read(.chainID, label: SignInText.chainID, Self.number)
    let nonce = try lines.read(.nonce, label: SignInText.nonce, Self.nonce)
    let issuedAt = try lines.read(.issuedAt, label: SignInText.issuedAt, CivilTime.unixMicroseconds)
    let expirationTime = try lines.readOptional(
      .expirationTime, label: SignInText.expirationTime, CivilTime.unixMicroseconds)
    let notBefore = try lines.readOptional(.notBefore, label: SignInText.notBefore, CivilTime.unixMicroseconds)
    let requestID = try lines.readOptional(.requestID, label: SignInText.requestID) {
      Self.string($0, URIGrammar.firstOffenceInPathSegment)
    }
    var resources = try lines.readOptional(.resources, label: SignInText.resources) { $0.isEmpty ? [String]() : nil }
    while resources != nil, !lines.isAtEnd {
      let resource = try lines.read(.resources, label: SignInText.resource) {
        Self.string($0, URIGrammar.firstOffenceInURI)
      }
      resources?.append(resource)
    }
    guard lines.isAtEnd else { throw .trailingLine(lines.number) }
    self.init(
      scheme: scheme, domain: domain, address: address, statement: statement, uri: uri, chainID: chainID, nonce: nonce,
      issuedAt: issuedAt, expirationTime: expirationTime, notBefore: notBefore, requestID: requestID,
      resources: resources)
  }

  /// The same for bytes kept in any collection.
  public init(text: some Collection<UInt8>) throws(SignInMessageError) {
    self = try withContiguousBytes(of: text) { raw in
      Result { () throws(SignInMessageError) in try SignInMessage(text: raw) }
    }.get()
  }

  /// `[ scheme "://" ] domain " wants you to sign in with your Ethereum account:"`; a domain may not be empty.
  private static func origin(_ line: UnsafeRawBufferPointer) -> (scheme: String?, domain: String)? {
    let invitation = SignInText.invitation.bytes
    guard line.count > invitation.count, line.suffix(invitation.count).elementsEqual(invitation) else { return nil }
    let origin = UnsafeRawBufferPointer(rebasing: line.dropLast(invitation.count))
    guard let slash = origin.firstIndex(of: UInt8(ascii: "/")) else {
      return string(origin, URIGrammar.firstOffenceInAuthority).map { (nil, $0) }
    }
    // An authority has no slash, so the first one ends a scheme.
    let end = SignInText.schemeEnd.bytes
    guard slash >= 1, origin.dropFirst(slash - 1).starts(with: end), origin.count > slash - 1 + end.count,
      let scheme = string(.init(rebasing: origin[..<(slash - 1)]), URIGrammar.firstOffenceInScheme),
      let domain = string(.init(rebasing: origin[(slash - 1 + end.count)...]), URIGrammar.firstOffenceInAuthority)
    else { return nil }
    return (scheme, domain)
  }

  private static func address(_ line: UnsafeRawBufferPointer) -> EthereumAddress? {
    do throws(AddressError) {
      let address = try EthereumAddress(text: line)
      return address.isChecksummedText(line) ? address : nil
    } catch {
      return nil
    }
  }

  /// `1*DIGIT`, as far as 64 bits reach.
  private static func number(_ line: UnsafeRawBufferPointer) -> UInt64? {
    guard !line.isEmpty, line.allSatisfy(ByteSet.digits.contains) else { return nil }
    let zeros = line.prefix { $0 == UInt8(ascii: "0") }.count
    return zeros == line.count ? 0 : DecimalDigits.value(of: UnsafeRawBufferPointer(rebasing: line[zeros...]))
  }

  /// `8*( ALPHA / DIGIT )`.
  private static func nonce(_ line: UnsafeRawBufferPointer) -> String? {
    line.count < 8 ? nil : string(line) { $0.firstIndex { !ByteSet.alphanumerics.contains($0) } }
  }

  private static func string(_ line: UnsafeRawBufferPointer, _ firstOffence: (UnsafeRawBufferPointer) -> Int?)
    -> String?
  {
    firstOffence(line) == nil ? String(decoding: line, as: UTF8.self) : nil
  }
}
