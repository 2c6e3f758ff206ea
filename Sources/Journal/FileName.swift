/// The names in a data directory.
enum FileName {
  static let manifest = "MANIFEST"
  static let watermark = "WATERMARK"
  static let lock = "LOCK"
  static let quarantine = "quarantine"
  /// Ends the name of a file that is being made.
  static let unfinished = ".tmp"

  private static let segmentPrefix = "segment-"
  private static let segmentSuffix = ".log"
  /// As many as any 64-bit number has, so that names sort as numbers do.
  private static let zeros = "00000000000000000000"

  static func segment(_ number: UInt64) -> String {
    let digits = String(number)
    return segmentPrefix + zeros.dropFirst(digits.utf8.count) + digits + segmentSuffix
  }

  /// Whether a name is that of a segment, or could be taken for one.
  static func looksLikeSegment(_ name: String) -> Bool {
    name.hasPrefix(segmentPrefix) && name.hasSuffix(segmentSuffix)
  }

  /// The number in a segment's name; nil when the name is not exactly as ``segment(_:)`` makes it.
  static func segmentNumber(_ name: String) -> UInt64? {
    guard looksLikeSegment(name),
      let number = UInt64(name.dropFirst(segmentPrefix.count).dropLast(segmentSuffix.count)),
      segment(number) == name
    else { return nil }
    return number
  }
}
