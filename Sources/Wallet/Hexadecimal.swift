internal import ByteText

/// Hexadecimal digits as addresses and digests have them. Many at once are of `ByteText`.
package enum Hexadecimal {
  /// The value of a digit of either case; nil for any other byte.
  @inline(__always)
  package static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit &- UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit &- UInt8(ascii: "a") &+ 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit &- UInt8(ascii: "A") &+ 10
    default: nil
    }
  }

  /// The lower-case digit of a value; bits above the lowest four are ignored.
  @inline(__always)
  package static func lowerCaseDigit(_ value: UInt8) -> UInt8 {
    let nibble = value & 0x0F
    return nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
  }

  /// Eight lower-case digits, of which those that are letters become upper-case ones where `raised` says so: the first
  /// digit's bit is the highest.
  @inline(__always)
  package static func raise(_ digits: UInt64, _ raised: UInt8) -> UInt64 {
    let digits = UInt64(littleEndian: digits)
    // A bit to each byte, then 0x20, which tells the cases apart, where the bit is set and the digit is a letter.
    let bits = UInt64(raised) &* each & 0x0102_0408_1020_4080
    let cases = (bits &+ 0x7F &* each) &>> 2 & digits &>> 1 & (0x20 &* each)
    return (digits & ~cases).littleEndian
  }

  /// Times a byte: that byte eight times.
  private static var each: UInt64 { 0x0101_0101_0101_0101 }

  /// Two lower-case digits a byte.
  package static func text(of bytes: some Collection<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      digits.append(lowerCaseDigit(byte >> 4))
      digits.append(lowerCaseDigit(byte))
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
