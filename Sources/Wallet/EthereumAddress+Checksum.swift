extension EthereumAddress {
  /// The length of an address as text: `0x` and 40 digits.
  public static let textLength = 42

  /// The address as text with EIP-55's checksum: ASCII, one Keccak-256, no allocation.
  public var checksummed: InlineArray<42, UInt8> { text(raising: checksumCase) }

  /// Which digits EIP-55 writes as upper-case letters: the first of the 40 digits is bit 39, the last bit 0. One
  /// Keccak-256.
  public var checksumCase: UInt64 {
    let digest = withUnsafeBytes(of: lowerCase) { Keccak256.hash(UnsafeRawBufferPointer(rebasing: $0[2...])) }
    return Self.raised(word0, by: digest.word0) &<< 24
      | Self.raised(word1, by: digest.word1) &<< 8
      | Self.raised(UInt64(word2) &<< 32, by: digest.word2) &>> 8
  }

  /// The digits among the sixteen of a word that are letters and whose nibble of the hash is at least 8: the first
  /// digit is bit 15.
  private static func raised(_ digits: UInt64, by hash: UInt64) -> UInt64 {
    // A nibble is a letter when it is 10 or more: bit 3, and bit 2 or bit 1. Bit 3 of each nibble is left of it.
    let letters = digits & (digits &<< 1 | digits &<< 2)
    var bits = (letters & hash) &>> 3 & 0x1111_1111_1111_1111
    // Sixteen bits, four apart, drawn together by halves.
    bits = (bits | bits &>> 3) & 0x0303_0303_0303_0303
    bits = (bits | bits &>> 6) & 0x000F_000F_000F_000F
    bits = (bits | bits &>> 12) & 0x0000_00FF_0000_00FF
    return (bits | bits &>> 24) & 0xFFFF
  }

  /// The address as text, with those of these digits that are letters as upper-case ones.
  func text(raising raised: UInt64) -> InlineArray<42, UInt8> {
    var text = lowerCase
    var rest = raised & ((1 &<< 40) &- 1)
    while rest != 0 {
      let position = 41 &- rest.trailingZeroBitCount
      if text[position] >= UInt8(ascii: "a") { text[position] &= 0xDF }
      rest &= rest &- 1
    }
    return text
  }

  /// Runs `body` on the 42 bytes of `checksummed`; the buffer is valid only during the call.
  public func withChecksummedText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: checksummed, body)
  }

  /// Reads `0x` and 40 hexadecimal digits: all of one case, or mixed as EIP-55 says.
  public init(text: UnsafeRawBufferPointer) throws(AddressError) {
    guard text.count == Self.textLength, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "x") else {
      throw .malformed
    }
    var cases: UInt8 = 0
    guard let word0 = Self.word(of: text, at: 2, digits: 16, &cases),
      let word1 = Self.word(of: text, at: 18, digits: 16, &cases),
      let word2 = Self.word(of: text, at: 34, digits: 8, &cases)
    else { throw .malformed }
    self.init(word0: word0, word1: word1, word2: UInt32(truncatingIfNeeded: word2))
    if cases == Self.bothCases && !isChecksummedText(text) { throw .checksum }
  }

  /// The same for text kept in any collection of UTF-8 bytes.
  public init(text: some Collection<UInt8>) throws(AddressError) {
    self = try withContiguousBytes(of: text) { raw in
      Result { () throws(AddressError) in try EthereumAddress(text: raw) }
    }.get()
  }

  /// The same for a string.
  public init(text: String) throws(AddressError) { try self.init(text: text.utf8) }

  /// Whether these bytes are this address' text with EIP-55's checksum.
  func isChecksummedText(_ text: UnsafeRawBufferPointer) -> Bool {
    withChecksummedText { $0.elementsEqual(text) }
  }

  /// Bit 0 stands for upper-case letters, bit 1 for lower-case ones.
  private static let bothCases: UInt8 = 0b11

  /// The number that so many digits write; nil where one is none. Adds the cases of its letters to `cases`.
  @inline(__always)
  private static func word(of text: UnsafeRawBufferPointer, at start: Int, digits: Int, _ cases: inout UInt8) -> UInt64?
  {
    var word: UInt64 = 0
    for position in start..<(start &+ digits) {
      let digit = text[position]
      guard let value = Hexadecimal.value(of: digit) else { return nil }
      word = word &<< 4 | UInt64(value)
      if digit >= UInt8(ascii: "A") { cases |= digit & 0x20 == 0 ? 0b01 : 0b10 }
    }
    return word
  }

  private var lowerCase: InlineArray<42, UInt8> {
    var text = InlineArray<42, UInt8>(repeating: UInt8(ascii: "0"))
    text[1] = UInt8(ascii: "x")
    withUnsafeMutableBytes(of: &text) { text in
      func store(_ number: UInt32, at offset: Int) {
        text.storeBytes(of: Hexadecimal.lowerCaseDigits(number), toByteOffset: offset, as: UInt64.self)
      }
      store(UInt32(truncatingIfNeeded: word0 &>> 32), at: 2)
      store(UInt32(truncatingIfNeeded: word0), at: 10)
      store(UInt32(truncatingIfNeeded: word1 &>> 32), at: 18)
      store(UInt32(truncatingIfNeeded: word1), at: 26)
      store(word2, at: 34)
    }
    return text
  }
}

extension EthereumAddress: CustomStringConvertible {
  /// `0x` and 40 digits with EIP-55's checksum.
  public var description: String {
    withChecksummedText { String(decoding: $0, as: UTF8.self) }
  }
}
