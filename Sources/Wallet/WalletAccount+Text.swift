extension WalletAccount {
  /// The longest text: `eip155:`, 20 digits, a colon and an address.
  public static let maximumTextLength = 7 + DecimalDigits.maximumLength + 1 + EthereumAddress.textLength

  private static var prefix: StaticString { "eip155:" }

  /// Reads `eip155:<chain id>:0x<40 hexadecimal digits>`, from the first byte to the last.
  ///
  /// The chain id is a canonical decimal up to `UInt64.max`; CAIP-2 itself would allow 32 characters, more than any
  /// chain uses. The digits are all of one case, or mixed as EIP-55 says.
  public init(text: UnsafeRawBufferPointer) throws(WalletAccountError) {
    // `eip155` asks for more than CAIP-10 does, so the general form only matters where it is another namespace's.
    guard text.starts(with: Self.prefix.bytes) else {
      throw AccountID(text) == nil ? .malformed : .unsupportedNamespace
    }
    let tail = text[Self.prefix.utf8CodeUnitCount...]
    guard let colon = tail.prefix(DecimalDigits.maximumLength + 1).firstIndex(of: UInt8(ascii: ":")),
      let chainID = DecimalDigits.value(of: UnsafeRawBufferPointer(rebasing: tail[..<colon]))
    else { throw .malformed }
    let address: EthereumAddress
    do throws(AddressError) {
      address = try EthereumAddress(text: UnsafeRawBufferPointer(rebasing: tail[(colon + 1)...]))
    } catch {
      switch error {
      case .malformed: throw .malformed
      case .checksum: throw .checksum
      }
    }
    guard let account = WalletAccount(chainID: chainID, address: address) else { throw .zeroAddress }
    self = account
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
    DecimalDigits(chainID).appendText(to: &output)
    output.append(UInt8(ascii: ":"))
    output.append(addressText, as: InlineArray<42, UInt8>.self)
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
