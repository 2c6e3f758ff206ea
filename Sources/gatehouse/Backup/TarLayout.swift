/// How files lie in a tar archive (POSIX.1-1988 ustar): for each a header, its bytes, zeros up to a whole record; then
/// zeros to the end.
struct TarLayout {
  static let recordBytes = 512
  /// Archives are written in blocks of this many bytes.
  private static let blockBytes = 20 * recordBytes
  /// Sizes from here on do not fit eleven octal digits, and are written as GNU tar does.
  private static let longestOctal = 1 << 33

  struct Entry {
    var name: String
    var bytes: Int
  }

  let entries: [Entry]
  /// In seconds since the Unix epoch.
  let modifiedAt: Int64

  private static func padded(_ count: Int) -> Int {
    (count + recordBytes - 1) / recordBytes * recordBytes
  }

  /// Where the header of a file begins; behind the last file, where the end of the archive does.
  func start(of file: Int) -> Int {
    entries[..<file].reduce(0) { $0 + Self.recordBytes + Self.padded($1.bytes) }
  }

  /// What stands between the last byte of a file and the next header.
  func padding(of file: Int) -> [UInt8] {
    [UInt8](repeating: 0, count: Self.padded(entries[file].bytes) - entries[file].bytes)
  }

  /// What stands behind the last file: two records at least.
  var end: [UInt8] {
    let used = start(of: entries.count) + 2 * Self.recordBytes
    let total = (used + Self.blockBytes - 1) / Self.blockBytes * Self.blockBytes
    return [UInt8](repeating: 0, count: total - used + 2 * Self.recordBytes)
  }

  /// The header of a file. Its name is at most 100 bytes of ASCII.
  func header(of file: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: Self.recordBytes)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    put(entries[file].name, at: 0)
    put("0000640\0", at: 100)
    put("0000000\0", at: 108)
    put("0000000\0", at: 116)
    Self.put(entries[file].bytes, into: &header)
    put(Self.octal(Int(modifiedAt), 11) + "\0", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar\0", at: 257)
    put("00", at: 263)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(Self.octal(sum, 6) + "\0 ", at: 148)
    return header
  }

  private static func put(_ bytes: Int, into header: inout [UInt8]) {
    guard bytes >= longestOctal else {
      header.replaceSubrange(124..<136, with: Array((octal(bytes, 11) + "\0").utf8))
      return
    }
    // Twelve bytes, big-endian, the highest bit set.
    header[124] = 0x80
    for index in 0..<8 { header[135 - index] = UInt8(truncatingIfNeeded: bytes >> (8 * index)) }
  }

  private static func octal(_ value: Int, _ digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
