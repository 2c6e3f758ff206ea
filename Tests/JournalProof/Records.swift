internal import System

/// Records as tests write them: a revision, a salt, and bytes that follow from both.
enum Records {
  /// The encoded record.
  ///
  /// - Parameter salt: of the start that appends it: a revision that is used a second time shows.
  static func body(_ revision: UInt64, bytes: Int, salt: UInt64 = 0) -> [UInt8] {
    var record: [UInt8] = revision == 0 ? [] : [eventTag] + varint(revision)
    record.append(saltTag)
    for byte in 0..<8 { record.append(UInt8(truncatingIfNeeded: salt >> (8 * UInt64(byte)))) }
    record += [0x52] + varint(UInt64(bytes))
    let first = UInt8(truncatingIfNeeded: revision &* 7 &+ salt)
    record += (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) &+ first }
    return record
  }

  /// Begins the record of an event: its revision. A note's begins with the salt.
  static let eventTag: UInt8 = 0x08
  private static let saltTag: UInt8 = 0x19

  /// The same as a field of a block.
  static func event(_ revision: UInt64, bytes: Int, salt: UInt64 = 0) -> [UInt8] {
    field(body(revision, bytes: bytes, salt: salt))
  }

  /// A record as a field of a block.
  static func field(_ record: [UInt8]) -> [UInt8] {
    [0x0A] + varint(UInt64(record.count)) + record
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
