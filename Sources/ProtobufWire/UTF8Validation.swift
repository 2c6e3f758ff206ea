/// Whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Validation {
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = asciiPrefix(bytes, from: 0)
    while index < bytes.count {
      let length = sequenceLength(bytes, at: index)
      guard length > 0 else { return false }
      index += length
      index = asciiPrefix(bytes, from: index)
    }
    return true
  }

  /// The index of the first byte from `start` on that is not ASCII, or the count.
  private static func asciiPrefix(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    while bytes.count - index >= 8 {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    return index
  }

  /// How many bytes the well-formed sequence at `index` has (table 3-7 of the Unicode standard); 0 when there is none.
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    let available = bytes.count - index
    let lead = bytes[index]
    if lead < 0x80 { return 1 }
    guard available >= 2 else { return 0 }
    let second = bytes[index + 1]
    switch lead {
    case 0xC2...0xDF:
      return isContinuation(second) ? 2 : 0
    case 0xE0...0xEF:
      let least: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
      let greatest: UInt8 = lead == 0xED ? 0x9F : 0xBF
      guard available >= 3, least <= second, second <= greatest else { return 0 }
      return isContinuation(bytes[index + 2]) ? 3 : 0
    case 0xF0...0xF4:
      let least: UInt8 = lead == 0xF0 ? 0x90 : 0x80
      let greatest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
      guard available >= 4, least <= second, second <= greatest else { return 0 }
      return isContinuation(bytes[index + 2]) && isContinuation(bytes[index + 3]) ? 4 : 0
    default:
      return 0
    }
  }

  private static func isContinuation(_ byte: UInt8) -> Bool {
    byte & 0xC0 == 0x80
  }
}
