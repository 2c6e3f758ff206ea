/// The nonce of a challenge: 22 letters and digits (EIP-4361 asks for at least 8 alphanumerics), stored inline.
@frozen
public struct Nonce: Hashable, Sendable, CustomStringConvertible {
  /// How many characters a nonce has: 62^22 of them, about 131 bits.
  public static let length = 22

  /// The characters, ASCII.
  public let bytes: InlineArray<22, UInt8>

  /// A nonce in which each character is drawn from `0-9A-Za-z` with equal probability.
  ///
  /// A word of the generator, read as a fraction of one, gives a character by each multiplication by 62. The sixth is
  /// still even to within one part in three hundred million.
  public init(using generator: inout some RandomNumberGenerator) {
    var word: UInt64 = 0
    bytes = InlineArray<22, UInt8> { index in
      if index % Self.drawsPerWord == 0 { word = generator.next() }
      let product = word.multipliedFullWidth(by: 62)
      word = product.low
      return Self.character(UInt8(truncatingIfNeeded: product.high))
    }
  }

  /// Characters drawn from one word.
  private static let drawsPerWord = 6

  /// The nonce of these characters; nil unless they are 22 ASCII letters and digits.
  public init?(utf8 text: UnsafeRawBufferPointer) {
    guard text.count == Self.length else { return nil }
    let bytes = text.loadUnaligned(as: InlineArray<22, UInt8>.self)
    // All of them, without a branch for each: a start reads millions of nonces, and nearly all are good.
    var isAlphanumeric = true
    for index in 0..<Self.length { isAlphanumeric = Self.isAlphanumeric(bytes[index]) && isAlphanumeric }
    guard isAlphanumeric else { return nil }
    self.bytes = bytes
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

  /// The draws are random, so a branch on them would be mispredicted: each condition adds a step in ASCII instead.
  private static func character(_ draw: UInt8) -> UInt8 {
    let toUpper: UInt8 = draw >= 10 ? UInt8(ascii: "A") - UInt8(ascii: "9") - 1 : 0
    let toLower: UInt8 = draw >= 36 ? UInt8(ascii: "a") - UInt8(ascii: "Z") - 1 : 0
    return UInt8(ascii: "0") + draw + toUpper + toLower
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    let isDigit = byte &- UInt8(ascii: "0") < 10
    let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
    return isDigit != isLetter
  }
}
