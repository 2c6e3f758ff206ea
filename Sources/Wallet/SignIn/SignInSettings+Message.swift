extension SignInSettings {
  /// Hands a challenge's text to `sink` piece by piece, without allocating: the same bytes as `message`'s.
  ///
  /// Times are Unix microseconds. The nonce is at least eight letters and digits. The request id must be characters
  /// that a URI's path segment may hold (a UUID is). Each buffer is valid only during its call.
  public func writeMessage(
    wallet: WalletAccount, nonce: UnsafeRawBufferPointer, issuedAt: Int64, expirationTime: Int64,
    requestID: UnsafeRawBufferPointer,
    to sink: (UnsafeRawBufferPointer) -> Void
  ) {
    beforeAddress.withUnsafeBytes(sink)
    wallet.withAddressText(sink)
    beforeChainID.withUnsafeBytes(sink)
    DecimalDigits(wallet.chainID).withBytes(sink)
    sink(SignInText.lineFeed.bytes)
    sink(SignInText.nonce.bytes)
    sink(nonce)
    sink(SignInText.lineFeed.bytes)
    sink(SignInText.issuedAt.bytes)
    CivilTime(unixMicroseconds: issuedAt).withText(sink)
    sink(SignInText.lineFeed.bytes)
    sink(SignInText.expirationTime.bytes)
    CivilTime(unixMicroseconds: expirationTime).withText(sink)
    sink(SignInText.lineFeed.bytes)
    sink(SignInText.requestID.bytes)
    sink(requestID)
  }

  /// Appends what `writeMessage` writes.
  public func appendMessage(
    wallet: WalletAccount, nonce: UnsafeRawBufferPointer, issuedAt: Int64, expirationTime: Int64,
    requestID: UnsafeRawBufferPointer,
    to bytes: inout [UInt8]
  ) {
    writeMessage(
      wallet: wallet, nonce: nonce, issuedAt: issuedAt, expirationTime: expirationTime, requestID: requestID
    ) { bytes.append(contentsOf: $0) }
  }

  /// The challenge as a value, to compare with what was signed.
  public func message(
    wallet: WalletAccount, nonce: String, issuedAt: Int64, expirationTime: Int64, requestID: String
  ) -> SignInMessage {
    SignInMessage(
      domain: domain, address: wallet.address, statement: statement, uri: uri, chainID: wallet.chainID,
      nonce: nonce, issuedAt: issuedAt, expirationTime: expirationTime, requestID: requestID)
  }
}
