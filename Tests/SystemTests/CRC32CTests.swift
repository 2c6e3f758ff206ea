internal import Testing

@testable import System

@Suite struct CRC32CTests {
  /// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  private static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    ([], 0),
    (Array("123456789".utf8), 0xE306_9283),
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ((0..<32).map { UInt8($0) }, 0x46DD_794E),
    ((0..<32).reversed().map { UInt8($0) }, 0x113F_DB5C),
  ]

  private static func both(_ bytes: [UInt8], extending checksum: UInt32 = 0) -> (used: UInt32, table: UInt32) {
    bytes.withUnsafeBytes {
      (CRC32C.checksum($0, extending: checksum), CRC32C.tableChecksum($0, extending: checksum))
    }
  }

  @Test func publishedVectors() {
    for (bytes, checksum) in Self.vectors {
      #expect(Self.both(bytes) == (checksum, checksum))
    }
  }

  @Test func theTableAgreesWithTheInstructionAtEveryLengthAndAlignment() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    for start in 0..<9 {
      for end in start..<bytes.count {
        let (used, table) = Self.both(Array(bytes[start..<end]))
        #expect(used == table)
      }
    }
  }

  @Test func aChecksumIsExtended() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = Self.both(bytes).used
    for cut in 0...bytes.count {
      let first = Self.both(Array(bytes[..<cut])).used
      #expect(Self.both(Array(bytes[cut...]), extending: first) == (whole, whole))
    }
  }
}
