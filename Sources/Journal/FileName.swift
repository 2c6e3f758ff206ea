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
  private static let snapshotPrefix = "snapshot-"
  private static let snapshotSuffix = ".snap"
  /// As many as any 64-bit number has digits, so that names sort as numbers do.
  private static let zeros = "00000000000000000000"

  static func segment(_ number: UInt64) -> String { segmentPrefix + padded(number) + segmentSuffix }

  /// The snapshot that the log goes on behind the block of that sequence from.
  static func snapshot(_ sequence: UInt64) -> String { snapshotPrefix + padded(sequence) + snapshotSuffix }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return zeros.dropFirst(digits.utf8.count) + digits
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

  /// The sequence in a snapshot's name; nil when the name is not exactly as ``snapshot(_:)`` makes it.
  static func snapshotSequence(_ name: String) -> UInt64? {
    guard name.hasPrefix(snapshotPrefix), name.hasSuffix(snapshotSuffix),
      let sequence = UInt64(name.dropFirst(snapshotPrefix.count).dropLast(snapshotSuffix.count)),
      snapshot(sequence) == name
    else { return nil }
    return sequence
  }
}
