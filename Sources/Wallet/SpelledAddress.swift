/// An address as somebody has written it, whose checksum has yet to be looked at: whether the upper-case letters stand
/// where EIP-55 has them takes a Keccak-256, which is cheaper for several addresses together.
struct SpelledAddress: Sendable {
  let address: EthereumAddress
  /// Which digits are written as upper-case letters, as in `EthereumAddress.checksumCase`.
  let capitals: UInt64
  /// Whether there are letters of both cases, so that their case is a checksum.
  let isMixed: Bool

  /// Reads `0x` and 40 hexadecimal digits of any case.
  init(_ text: UnsafeRawBufferPointer) throws(AddressError) {
    guard text.count == EthereumAddress.textLength, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "x") else {
      throw .malformed
    }
    var digits = DigitReader(text, from: 2)
    let word0 = digits.next() &<< 32 | digits.next()
    let word1 = digits.next() &<< 32 | digits.next()
    let word2 = UInt32(truncatingIfNeeded: digits.next())
    guard digits.areDigits else { throw .malformed }
    address = EthereumAddress(word0: word0, word1: word1, word2: word2)
    capitals = digits.capitals
    isMixed = digits.capitals != 0 && digits.hasSmallLetters
  }
}

/// Reads hexadecimal digits, eight at a time.
private struct DigitReader {
  private let text: UnsafeRawBufferPointer
  private var position: Int
  /// Whether all that has been read are digits.
  private(set) var areDigits = true
  private(set) var hasSmallLetters = false
  /// A bit for each digit that has been read, the last one the lowest: whether it is an upper-case letter.
  private(set) var capitals: UInt64 = 0

  /// The text has eight bytes for each call of `next`.
  init(_ text: UnsafeRawBufferPointer, from position: Int) {
    self.text = text
    self.position = position
  }

  /// The number that the next eight digits write; any number where they are not all digits.
  mutating func next() -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits = ones &* 0x80
    // The first digit in the lowest byte.
    let bytes = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    position &+= 8
    // Below 0x80, adding 0x80 - n to a byte sets its highest bit when the byte is n or more, and carries nowhere.
    let seven = bytes & ~highBits
    let lower = seven | ones &* 0x20
    func isIn(_ bytes: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
      (bytes &+ ones &* UInt64(0x80 &- first)) & ~(bytes &+ ones &* UInt64(0x7F &- last)) & highBits
    }
    let letters = isIn(lower, UInt8(ascii: "a"), UInt8(ascii: "f"))
    let decimals = isIn(seven, UInt8(ascii: "0"), UInt8(ascii: "9"))
    // What differs between the cases is bit 5, two places below the highest.
    let small = letters & bytes &<< 2
    areDigits = areDigits && bytes & highBits == 0 && letters | decimals == highBits
    hasSmallLetters = hasSmallLetters || small != 0
    // Eight bits, eight apart, drawn together: the product moves that of byte i to bit 63 - i.
    capitals = capitals &<< 8 | ((letters ^ small) &>> 7 &* 0x8040_2010_0804_0201) &>> 56
    // A letter's lowest four bits are nine less than its value.
    var nibbles = ((bytes & (ones &* 0x0F)) &+ letters &>> 7 &* 9).byteSwapped
    nibbles = (nibbles | nibbles &>> 4) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles &>> 8) & 0x0000_FFFF_0000_FFFF
    return (nibbles | nibbles &>> 16) & 0xFFFF_FFFF
  }
}
