internal import Testing

@testable import ProtobufWire

@Suite struct WireWriterTests {
  private func written(_ body: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    body(&writer)
    return writer.withUnsafeBytes { [UInt8]($0) }
  }

  @Test(
    arguments: [
      (0, [0x00]),
      (127, [0x7F]),
      (128, [0x80, 0x01]),
      (16_383, [0xFF, 0x7F]),
      (16_384, [0x80, 0x80, 0x01]),
      (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ] as [(UInt64, [UInt8])])
  func varint(value: UInt64, bytes: [UInt8]) {
    #expect(written { $0.varint(value) } == bytes)
  }

  @Test func fields() {
    #expect(written { $0.field(1, varint: 300) } == [0x08, 0xAC, 0x02])
    #expect(written { $0.field(1, signed: -1) } == [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    #expect(written { $0.field(1, zigzag: -1) } == [0x08, 0x01])
    #expect(written { $0.field(1, zigzag: .min) } == [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    #expect(written { $0.field(16, bool: true) } == [0x80, 0x01, 0x01])
    #expect(written { $0.field(1, fixed32: 0x0102_0304) } == [0x0D, 4, 3, 2, 1])
    #expect(written { $0.field(1, fixed64: 1) } == [0x09, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect(written { $0.field(2, string: "é") } == [0x12, 0x02, 0xC3, 0xA9])
    #expect(written { $0.field(2, bytes: [] as [UInt8]) } == [0x12, 0x00])
    #expect(written { $0.field(4, packed: [1, 300], UInt32Coding.self) } == [0x22, 0x03, 0x01, 0xAC, 0x02])
  }

  @Test(arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152])
  func lengthsOfAnySizeStandBeforeTheirBody(size: Int) {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let bytes = written { writer in
      writer.varint(7)
      writer.message(3) { inner in
        body.withUnsafeBytes { inner.append($0) }
      }
      writer.varint(9)
    }
    let expected = written { writer in
      writer.varint(7)
      writer.field(3, bytes: body)
      writer.varint(9)
    }
    #expect(bytes == expected)
  }

  @Test func nestedLengthsMoveTogether() throws {
    let bytes = written { writer in
      writer.message(1) { outer in
        outer.message(1) { inner in inner.field(1, string: String(repeating: "x", count: 126)) }
        outer.field(2, varint: 1)
      }
    }
    // 126 + 2 within 3 (tag, two bytes of length), 2 behind: 133.
    #expect(bytes.prefix(8) == [0x0A, 0x85, 0x01, 0x0A, 0x80, 0x01, 0x0A, 0x7E])
    #expect(bytes.suffix(2) == [0x10, 0x01])
    #expect(bytes.count == 136)
  }

  @Test func roomIsReusedAndPatched() {
    var writer = WireWriter(capacity: 8)
    for _ in 0..<100 { writer.fixed32(0) }
    writer.patch(at: 396, bigEndian: 0x0102_0304)
    #expect(writer.count == 400)
    #expect(writer.withUnsafeBytes { [UInt8]($0.suffix(4)) } == [1, 2, 3, 4])
    writer.truncate(to: 2)
    writer.append(5)
    #expect(writer.withUnsafeBytes { [UInt8]($0) } == [0, 0, 5])
    writer.removeAll()
    let isEmpty = writer.isEmpty
    #expect(isEmpty)
  }

  private struct Refusal: Error {}

  @Test func aBodyThatThrowsIsTruncatedAway() {
    var writer = WireWriter()
    writer.varint(1)
    let before = writer.count
    do {
      try writer.message(1) { (inner) throws(Refusal) in
        inner.varint(2)
        throw Refusal()
      }
      Issue.record("nothing was thrown")
    } catch {
      writer.truncate(to: before)
    }
    #expect(writer.withUnsafeBytes { [UInt8]($0) } == [1])
  }
}
