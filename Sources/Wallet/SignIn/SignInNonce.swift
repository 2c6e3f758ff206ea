/// A challenge's nonce: 128 random bits, written as 22 letters and digits.
///
/// Each half of the bits is written as eleven digits in base 62, most significant first, so that different nonces have
/// different texts and the text needs not be stored.
public struct SignInNonce: Hashable, Sendable {
  /// The length of a nonce as text.
  public static let textLength = 22

  public let high: UInt64
  public let low: UInt64

  /// A nonce of bits that the caller took from the system's random source.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The nonce that this text writes; nil for text that `withText` never gives.
  public init?(text: some Collection<UInt8>) {
    let nonce = withContiguousBytes(of: text) { text -> SignInNonce? in
      guard text.count == Self.textLength, let high = Self.value(of: text, from: 0),
        let low = Self.value(of: text, from: 11)
      else { return nil }
      return SignInNonce(high: high, low: low)
    }
    guard let nonce else { return nil }
    self = nonce
  }

  /// Runs `body` on the 22 bytes of text without allocating; the buffer is valid only during the call.
  public func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text = InlineArray<22, UInt8>(repeating: 0)
    Self.write(high, to: &text, endingAt: 10)
    Self.write(low, to: &text, endingAt: 21)
    return withUnsafeBytes(of: text, body)
  }

  private static func write(_ value: UInt64, to text: inout InlineArray<22, UInt8>, endingAt end: Int) {
    var rest = value
    for position in stride(from: end, through: end &- 10, by: -1) {
      text[position] = digit(UInt8(truncatingIfNeeded: rest % 62))
      rest /= 62
    }
  }

  /// 0 to 9, A to Z, a to z.
  private static func digit(_ value: UInt8) -> UInt8 {
    switch value {
    case ..<10: UInt8(ascii: "0") &+ value
    case ..<36: UInt8(ascii: "A") &+ (value &- 10)
    default: UInt8(ascii: "a") &+ (value &- 36)
    }
  }

  private static func value(of text: UnsafeRawBufferPointer, from start: Int) -> UInt64? {
    var value: UInt64 = 0
    for position in start..<(start + 11) {
      let digit: UInt8
      switch text[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[position] &- UInt8(ascii: "0")
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = text[position] &- UInt8(ascii: "A") &+ 10
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = text[position] &- UInt8(ascii: "a") &+ 36
      default: return nil
      }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 62)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard !tooLarge, !carry else { return nil }
      value = sum
    }
    return value
  }
}

extension SignInNonce: CustomStringConvertible {
  /// The 22 letters and digits.
  public var description: String { withText { String(decoding: $0, as: UTF8.self) } }
}
