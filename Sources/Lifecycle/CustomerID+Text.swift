public import ByteText

extension CustomerID: CustomStringConvertible {
  /// Bytes of the text form: 8-4-4-4-12 hexadecimal digits.
  public static let textLength = 36

  /// The id of this text; nil unless it is 36 bytes of the form 8-4-4-4-12 with lower-case digits: the very text that
  /// was handed out.
  public init?(utf8 text: UnsafeRawBufferPointer) {
    guard text.count == Self.textLength else { return nil }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    var valid: UInt8 = 1
    for index in 0..<Self.textLength {
      if Self.isHyphen(index) {
        guard text[index] == UInt8(ascii: "-") else { return nil }
        continue
      }
      // Digits are random, so a branch on one would be mispredicted: both readings are taken and one is kept.
      let decimal = text[index] &- UInt8(ascii: "0")
      let letter = text[index] &- UInt8(ascii: "a")
      valid &= (decimal < 10 ? 1 : 0) | (letter < 6 ? 1 : 0)
      words.high = words.high << 4 | words.low >> 60
      words.low = words.low << 4 | UInt64(decimal < 10 ? decimal : (letter &+ 10) & 15)
    }
    guard valid == 1 else { return nil }
    self.init(high: words.high, low: words.low)
  }

  /// The id of this text; nil unless it is of the form 8-4-4-4-12 with lower-case digits.
  public init?(_ text: String) {
    var text = text
    guard let id = text.withUTF8({ CustomerID(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
  }

  /// The text form in lower case, without an allocation.
  public var text: InlineArray<36, UInt8> {
    var text = InlineArray<36, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &text) { write(to: $0) }
    return text
  }

  /// Appends the text form, straight to where it stays: a copy would wait until the processor has all of it in its
  /// cache. Traps when there is no room for ``textLength`` bytes.
  @inlinable
  @inline(__always)
  public func appendText(to output: inout OutputRawSpan) {
    output.withUnsafeMutableBytes { room, count in
      write(to: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
      count &+= Self.textLength
    }
  }

  @inlinable
  @inline(__always)
  func write(to text: UnsafeMutableRawBufferPointer) {
    precondition(text.count >= Self.textLength)
    let front = unsafeBitCast(high.hexadecimalDigits, to: SIMD4<UInt32>.self)
    let back = unsafeBitCast(low.hexadecimalDigits, to: SIMD4<UInt32>.self)
    text.storeBytes(of: front.lowHalf, toByteOffset: 0, as: SIMD2<UInt32>.self)
    text.storeBytes(of: front.z, toByteOffset: 9, as: UInt32.self)
    text.storeBytes(of: front.w, toByteOffset: 14, as: UInt32.self)
    text.storeBytes(of: back.x, toByteOffset: 19, as: UInt32.self)
    text.storeBytes(of: back.y, toByteOffset: 24, as: UInt32.self)
    text.storeBytes(of: back.highHalf, toByteOffset: 28, as: SIMD2<UInt32>.self)
    text[8] = UInt8(ascii: "-")
    text[13] = UInt8(ascii: "-")
    text[18] = UInt8(ascii: "-")
    text[23] = UInt8(ascii: "-")
  }

  /// The text form in lower case.
  public var description: String {
    let text = text
    return String(unsafeUninitializedCapacity: Self.textLength) { buffer in
      for index in 0..<Self.textLength { buffer[index] = text[index] }
      return Self.textLength
    }
  }

  private static func isHyphen(_ index: Int) -> Bool {
    index == 8 || index == 13 || index == 18 || index == 23
  }
}
