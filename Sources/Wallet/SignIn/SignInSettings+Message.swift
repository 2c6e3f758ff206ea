internal import ByteText

extension SignInSettings {
  /// How many bytes ``appendMessage(wallet:nonce:times:requestID:to:)`` writes at most.
  public func maximumMessageLength(nonceLength: Int, requestIDLength: Int) -> Int {
    beforeAddress.count + EthereumAddress.textLength + beforeChainID.count + DecimalDigits.maximumLength
      + Self.namesLength + SignInTimes.maximumTextLength + nonceLength + requestIDLength
  }

  /// What is written before the nonce and the request id, and the ends of three lines.
  private static let namesLength =
    3 + SignInText.nonce.utf8CodeUnitCount + SignInText.requestID.utf8CodeUnitCount

  /// Appends a challenge's text, without allocating: the same bytes as `message`'s.
  ///
  /// The nonce is at least eight letters and digits. Traps when the room is less than ``maximumMessageLength`` and does
  /// not suffice.
  ///
  /// - Parameter requestID: appends characters that a URI's path segment may hold (a UUID is): mostly made of something
  ///   else, and best where they stay.
  public func appendMessage(
    wallet: WalletAccount, nonce: UnsafeRawBufferPointer, times: borrowing SignInTimes,
    requestID: (inout OutputRawSpan) -> Void, to output: inout OutputRawSpan
  ) {
    beforeAddress.withUnsafeBytes { output.append(bytes: $0) }
    wallet.address.appendText(raising: wallet.checksumCase, to: &output)
    beforeChainID.withUnsafeBytes { output.append(bytes: $0) }
    DecimalDigits.append(wallet.chainID, to: &output)
    output.append(SignInText.lineFeed)
    output.append(SignInText.nonce)
    output.append(bytes: nonce)
    output.append(SignInText.lineFeed)
    times.appendText(to: &output)
    output.append(SignInText.lineFeed)
    output.append(SignInText.requestID)
    requestID(&output)
  }

  /// The same, to an array. Times are Unix microseconds.
  public func appendMessage(
    wallet: WalletAccount, nonce: UnsafeRawBufferPointer, issuedAt: Int64, expirationTime: Int64,
    requestID: UnsafeRawBufferPointer,
    to bytes: inout [UInt8]
  ) {
    let size = maximumMessageLength(nonceLength: nonce.count, requestIDLength: requestID.count)
    bytes.append(atMost: size) { output in
      appendMessage(
        wallet: wallet, nonce: nonce, times: SignInTimes(issuedAt: issuedAt, expirationTime: expirationTime),
        requestID: { $0.append(bytes: requestID) }, to: &output)
    }
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
