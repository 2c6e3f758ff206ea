/// A wallet as somebody has written it, whose checksum has yet to be looked at.
///
/// For many wallets at once: read each, hand the addresses to `EthereumAddress.checksumCases`, and make each a
/// `WalletAccount` by the case that comes back. `WalletAccount(text:)` does the same for one.
public struct SpelledWallet: Sendable {
  /// The EIP-155 chain id.
  public let chainID: UInt64
  private let spelled: SpelledAddress

  /// Never the zero address.
  public var address: EthereumAddress { spelled.address }

  /// Reads `eip155:<chain id>:0x<40 hexadecimal digits>`, from the first byte to the last; throws anything but
  /// `checksum`.
  ///
  /// The chain id is a canonical decimal up to `UInt64.max`; CAIP-2 itself would allow 32 characters, more than any
  /// chain uses.
  public init(text: UnsafeRawBufferPointer) throws(WalletAccountError) {
    let prefix = WalletAccount.prefix
    // `eip155` asks for more than CAIP-10 does, so the general form only matters where it is another namespace's.
    guard text.starts(with: prefix.bytes) else {
      throw AccountID(text) == nil ? .malformed : .unsupportedNamespace
    }
    let tail = text[prefix.utf8CodeUnitCount...]
    guard let colon = tail.prefix(DecimalDigits.maximumLength + 1).firstIndex(of: UInt8(ascii: ":")),
      let chainID = DecimalDigits.value(of: UnsafeRawBufferPointer(rebasing: tail[..<colon]))
    else { throw .malformed }
    self.chainID = chainID
    do throws(AddressError) {
      spelled = try SpelledAddress(UnsafeRawBufferPointer(rebasing: tail[(colon + 1)...]))
    } catch {
      throw .malformed
    }
    if spelled.address.isZero { throw .zeroAddress }
  }

  /// The same for a string.
  public init(text: String) throws(WalletAccountError) {
    self = try withContiguousBytes(of: text.utf8) { raw in
      Result { () throws(WalletAccountError) in try SpelledWallet(text: raw) }
    }.get()
  }

  /// The wallet with its letters in the case that they are written in, which need not be right: for as long as the
  /// checksum is not known.
  public var asWritten: WalletAccount {
    WalletAccount(chainID: chainID, nonzero: spelled.address, checksumCase: spelled.capitals)
  }

  /// The wallet, given the `checksumCase` of its address; throws `checksum` where its letters are of both cases, but in
  /// another way.
  public func account(checksumCase: UInt64) throws(WalletAccountError) -> WalletAccount {
    if spelled.isMixed && spelled.capitals != checksumCase { throw .checksum }
    return WalletAccount(chainID: chainID, nonzero: spelled.address, checksumCase: checksumCase)
  }
}
