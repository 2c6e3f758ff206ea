internal import System

/// Records as tests write them: a revision, and bytes that follow from it.
enum Records {
  /// The encoded record.
  static func body(_ revision: UInt64, bytes: Int) -> [UInt8] {
    var record: [UInt8] = revision == 0 ? [] : [0x08] + varint(revision)
    record += [0x52] + varint(UInt64(bytes))
    record += (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(truncatingIfNeeded: revision) &* 7) }
    return record
  }

  /// The same as a field of a block.
  static func event(_ revision: UInt64, bytes: Int) -> [UInt8] {
    let body = body(revision, bytes: bytes)
    return [0x0A] + varint(UInt64(body.count)) + body
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

/// Stands for a record where millions are compared.
struct Digest: Hashable {
  private let value: UInt64

  init(_ record: UnsafeRawBufferPointer) {
    value = UInt64(CRC32C.checksum(record)) << 32 | UInt64(record.count)
  }

  init(_ record: [UInt8]) {
    self = record.withUnsafeBytes { Digest($0) }
  }
}
