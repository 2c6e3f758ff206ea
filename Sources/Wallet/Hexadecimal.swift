/// Hexadecimal digits, the one place where they are read and written.
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

  /// The eight lower-case digits of a number, all at once: the first digit in the first byte in memory.
  @inline(__always)
  package static func lowerCaseDigits(_ number: UInt32) -> UInt64 {
    // Each nibble in a byte of its own, the most significant first.
    var nibbles = UInt64(number.byteSwapped)
    nibbles = (nibbles | nibbles &<< 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles &<< 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles &>> 4 | nibbles &<< 8) & 0x0F0F_0F0F_0F0F_0F0F
    // A nibble from ten on carries into bit 4 when six is added; the letters begin 39 places behind the last digit.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) &>> 4 & each
    return (nibbles &+ 0x30 &* each &+ letters &* 39).littleEndian
  }

  /// The eight digits of a number, of which those that are letters are upper-case ones where `raised` says so: the first
  /// digit's bit is the highest.
  @inline(__always)
  package static func digits(_ number: UInt32, raising raised: UInt8) -> UInt64 {
    let digits = UInt64(littleEndian: lowerCaseDigits(number))
    // A bit to each byte, then 0x20, which tells the cases apart, where the bit is set and the digit is a letter.
    let bits = UInt64(raised) &* each & 0x0102_0408_1020_4080
    let cases = (bits &+ 0x7F &* each) &>> 2 & digits &>> 1 & (0x20 &* each)
    return (digits & ~cases).littleEndian
  }

  /// Which cases letters had, and whether all were digits.
  package struct Cases {
    fileprivate var upper: UInt64 = 0
    fileprivate var lower: UInt64 = 0
    fileprivate var wrong: UInt64 = 0

    package init() {}

    /// Whether a byte was no hexadecimal digit.
    package var areBroken: Bool { wrong != 0 }
    /// Whether there were letters of both cases.
    package var areMixed: Bool { upper != 0 && lower != 0 }
  }

  /// The number that eight digits of either case write, all at once: the first digit in the first byte in memory. Says
  /// in `cases` what they were; the number means nothing where one is no digit.
  @inline(__always)
  package static func number(of digits: UInt64, _ cases: inout Cases) -> UInt32 {
    let text = digits.littleEndian
    // To a byte below 128 a number is added that makes it 128 or more from a bound on, so that bit 7 tells; no byte
    // carries over into the next.
    func from(_ bound: UInt8, _ bytes: UInt64) -> UInt64 { bytes &+ UInt64(0x80 &- bound) &* each }
    let ascii = text & (0x7F &* each)
    let lowered = ascii | (0x20 &* each)
    let isDecimal = from(UInt8(ascii: "0"), ascii) & ~from(UInt8(ascii: "9") + 1, ascii)
    let isLetter = from(UInt8(ascii: "a"), lowered) & ~from(UInt8(ascii: "f") + 1, lowered)
    cases.wrong |= (text | ~(isDecimal | isLetter)) & (0x80 &* each)
    let letters = isLetter & (0x80 &* each)
    cases.lower |= letters &>> 2 & text
    cases.upper |= letters &>> 2 & ~text
    // A letter's low nibble counts from 1.
    var nibbles = (ascii & (0x0F &* each)) &+ letters &>> 7 &* 9
    nibbles = (nibbles &<< 4 | nibbles &>> 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles &>> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: nibbles | nibbles &>> 16).byteSwapped
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
