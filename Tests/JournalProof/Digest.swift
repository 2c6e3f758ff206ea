internal import System

/// Stands for a record where millions are compared.
struct Digest: Hashable {
  private let value: UInt64
  /// Whether it is an event's: a note is replayed, and shown to nobody.
  let isEvent: Bool

  init(_ record: UnsafeRawBufferPointer) {
    value = UInt64(CRC32C.checksum(record)) << 32 | UInt64(record.count)
    isEvent = record.first == Records.eventTag
  }

  init(_ record: [UInt8]) {
    self = record.withUnsafeBytes { Digest($0) }
  }
}

/// Digests as a snapshot holds them.
extension Digest {
  static let encodedBytes = 9

  var encoded: [UInt8] {
    var bytes: [UInt8] = [isEvent ? 1 : 0]
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
    return bytes
  }

  /// - Precondition: ``encodedBytes`` bytes.
  init(encoded bytes: UnsafeRawBufferPointer) {
    isEvent = bytes[0] == 1
    value = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self))
  }
}
