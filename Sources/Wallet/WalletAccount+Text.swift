extension WalletAccount {
  /// The longest text: `eip155:`, 20 digits, a colon and an address.
  public static let maximumTextLength = 7 + DecimalDigits.maximumLength + 1 + EthereumAddress.textLength

  static var prefix: StaticString { "eip155:" }

  /// Reads `eip155:<chain id>:0x<40 hexadecimal digits>`, from the first byte to the last: as `SpelledWallet` does, the
  /// digits all of one case, or mixed as EIP-55 says.
  public init(text: UnsafeRawBufferPointer) throws(WalletAccountError) {
    let spelled = try SpelledWallet(text: text)
    self = try spelled.account(checksumCase: spelled.address.checksumCase)
  }

  /// The same for text kept in any collection of UTF-8 bytes.
  public init(text: some Collection<UInt8>) throws(WalletAccountError) {
    self = try withContiguousBytes(of: text) { raw in
      Result { () throws(WalletAccountError) in try WalletAccount(text: raw) }
    }.get()
  }

  /// The same for a string.
  public init(text: String) throws(WalletAccountError) { try self.init(text: text.utf8) }

  /// Appends `eip155:<chain id>:0x<40 digits>`, with EIP-55's checksum, without allocating: at most
  /// `maximumTextLength` bytes.
  public func appendText(to output: inout OutputRawSpan) {
    output.append(Self.prefix)
    DecimalDigits.append(chainID, to: &output)
    output.append(UInt8(ascii: ":"))
    address.appendText(raising: checksumCase, to: &output)
  }
}

extension WalletAccount: CustomStringConvertible {
  /// `eip155:<chain id>:0x<40 digits>` with EIP-55's checksum.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.append(atMost: Self.maximumTextLength) { appendText(to: &$0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
