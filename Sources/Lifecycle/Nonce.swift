/// The nonce of a challenge: 22 letters and digits (EIP-4361 asks for at least 8 alphanumerics), stored inline.
@frozen
public struct Nonce: Hashable, Sendable, CustomStringConvertible {
  /// How many characters a nonce has: 62^22 of them, about 131 bits.
  public static let length = 22

  /// The characters, ASCII.
  public let bytes: InlineArray<22, UInt8>

  /// A nonce in which each character is drawn from `0-9A-Za-z` with equal probability.
  ///
  /// A word of the generator, read as a fraction of one, gives a character by each multiplication by 62. The eighth is
  /// still even to within one part in eighty thousand.
  @inlinable  // for the store's generator: each word would be asked for by way of a table
  public init(using generator: inout some RandomNumberGenerator) {
    var bytes = InlineArray<22, UInt8>(repeating: 0)
    let alphabet = Self.alphabet.utf8Start
    var index = 0
    while index < Self.length {
      var word = generator.next()
      for _ in 0..<min(Self.drawsPerWord, Self.length &- index) {
        let product = word.multipliedFullWidth(by: 62)
        word = product.low
        bytes[index] = alphabet[Int(truncatingIfNeeded: product.high)]
        index &+= 1
      }
    }
    self.bytes = bytes
  }

  /// The characters that are drawn: 62, in the order of ASCII. The draws are random, so a branch on them would be
  /// mispredicted; nonces are public, so a table may be looked up.
  @usableFromInline static let alphabet: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

  /// Characters drawn from one word.
  @usableFromInline static let drawsPerWord = 8

  /// The nonce of these characters; nil unless they are 22 ASCII letters and digits.
  public init?(utf8 text: UnsafeRawBufferPointer) {
    guard text.count == Self.length else { return nil }
    // Three words hold all of them; two bytes are looked at twice.
    func isGood(at offset: Int) -> Bool {
      Self.areAlphanumeric(text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard isGood(at: 0), isGood(at: 8), isGood(at: Self.length - 8) else { return nil }
    bytes = text.loadUnaligned(as: InlineArray<22, UInt8>.self)
  }

  /// The nonce of this text; nil unless it is 22 ASCII letters and digits.
  public init?(_ text: String) {
    var text = text
    guard let nonce = text.withUTF8({ Nonce(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = nonce
  }

  /// The characters as a string.
  public var description: String {
    String(unsafeUninitializedCapacity: Self.length) { buffer in
      for index in 0..<Self.length { buffer[index] = bytes[index] }
      return Self.length
    }
  }

  public static func == (left: Nonce, right: Nonce) -> Bool {
    for index in 0..<Self.length where left.bytes[index] != right.bytes[index] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    for index in 0..<Self.length { hasher.combine(bytes[index]) }
  }

  /// Whether eight bytes are each a letter or a digit: a start reads millions of nonces.
  ///
  /// To a byte below 128 a number is added that makes it 128 or more from a bound on, so that bit 7 tells; no byte
  /// carries over into the next. Letters of both cases are one range with bit 5 set.
  private static func areAlphanumeric(_ word: UInt64) -> Bool {
    func from(_ bound: UInt8, _ bytes: UInt64) -> UInt64 { bytes &+ UInt64(0x80 &- bound) &* each }
    let lowered = word | 0x20 &* each
    let digits = from(UInt8(ascii: "0"), word) & ~from(UInt8(ascii: "9") + 1, word)
    let letters = from(UInt8(ascii: "a"), lowered) & ~from(UInt8(ascii: "z") + 1, lowered)
    let top = 0x80 &* each
    return word & top == 0 && (digits | letters) & top == top
  }

  /// Times a byte: that byte eight times.
  private static var each: UInt64 { 0x0101_0101_0101_0101 }
}
