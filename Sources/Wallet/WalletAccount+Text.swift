extension WalletAccount {
  /// The longest text: `eip155:`, 20 digits, a colon and an address.
  public static let maximumTextLength = 7 + maximumChainIDLength + 1 + EthereumAddress.textLength

  /// The decimal digits of `UInt64.max`.
  static let maximumChainIDLength = 20
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

  /// Hands `eip155:<chain id>:0x<40 digits>`, with EIP-55's checksum, to `sink` piece by piece, without allocating.
  ///
  /// Each buffer is valid only during its call.
  public func writeText(to sink: (UnsafeRawBufferPointer) -> Void) {
    let colon: StaticString = ":"
    sink(Self.prefix.bytes)
    DecimalDigits(chainID).withBytes(sink)
    sink(colon.bytes)
    withAddressText(sink)
  }

  /// Appends what `writeText` writes.
  public func appendText(to bytes: inout [UInt8]) {
    writeText { bytes.append(contentsOf: $0) }
  }
}

extension WalletAccount: CustomStringConvertible {
  /// `eip155:<chain id>:0x<40 digits>` with EIP-55's checksum.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.maximumTextLength)
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
