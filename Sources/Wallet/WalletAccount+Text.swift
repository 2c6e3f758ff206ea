extension WalletAccount {
  /// The longest text: `eip155:`, 20 digits, a colon and an address.
  public static let maximumTextLength = 7 + 20 + 1 + EthereumAddress.textLength

  /// Reads `eip155:<chain id>:0x<40 hexadecimal digits>`, from the first byte to the last.
  ///
  /// The chain id is a canonical decimal up to `UInt64.max`; CAIP-2 itself would allow 32 characters, more than any
  /// chain uses. The digits are all of one case, or mixed as EIP-55 says.
  public init(text: UnsafeRawBufferPointer) throws(WalletAccountError) {
    guard let parts = AccountID(text) else { throw .malformed }
    guard parts.namespace.elementsEqual("eip155".utf8) else { throw .unsupportedNamespace }
    guard let chainID = DecimalDigits.value(of: parts.reference) else { throw .malformed }
    do throws(AddressError) {
      address = try EthereumAddress(text: parts.address)
    } catch {
      switch error {
      case .malformed: throw .malformed
      case .checksum: throw .checksum
      }
    }
    guard !address.isZero else { throw .zeroAddress }
    self.chainID = chainID
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
    let prefix: StaticString = "eip155:"
    let colon: StaticString = ":"
    sink(UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    DecimalDigits(chainID).withBytes(sink)
    sink(UnsafeRawBufferPointer(start: colon.utf8Start, count: colon.utf8CodeUnitCount))
    address.withChecksummedText(sink)
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
