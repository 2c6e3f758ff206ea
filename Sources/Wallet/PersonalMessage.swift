/// What a wallet signs when it is asked to sign text: EIP-191, version byte 0x45 (`personal_sign`).
public enum PersonalMessage {
  private static let prefix: StaticString = "\u{19}Ethereum Signed Message:\n"

  /// The Keccak-256 of 0x19, `Ethereum Signed Message:`, a line feed, the message's length in bytes as decimal digits,
  /// and the message.
  public static func digest(of message: UnsafeRawBufferPointer) -> Digest32 {
    var hash = Keccak256()
    hash.update(UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    DecimalDigits.withBytes(of: UInt64(message.count)) { hash.update($0) }
    hash.update(message)
    return hash.digest
  }

  /// The same for bytes kept in any collection.
  public static func digest(of message: some Collection<UInt8>) -> Digest32 {
    withContiguousBytes(of: message, digest)
  }
}
