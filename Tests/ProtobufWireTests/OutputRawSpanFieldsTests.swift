internal import ByteText
internal import Testing

@testable import ProtobufWire

/// Fields written into room made beforehand are what a writer that grows writes.
@Suite struct OutputRawSpanFieldsTests {
  private func written(_ body: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    body(&writer)
    return writer.withUnsafeBytes { [UInt8]($0) }
  }

  private func filled(_ size: Int, _ body: (inout OutputRawSpan) -> Void) -> [UInt8] {
    written { $0.append(atMost: size, body) }
  }

  @Test(arguments: [0, 1, 127, 128, 300, 16_383, 16_384, UInt64(UInt32.max), .max])
  func numbers(value: UInt64) {
    #expect(filled(10) { $0.varint(value) } == written { $0.varint(value) })
    for number: UInt32 in [1, 15, 16, 536_870_911] {
      #expect(filled(20) { $0.field(number, varint: value) } == written { $0.field(number, varint: value) })
      #expect(filled(20) { $0.field(number, fixed64: value) } == written { $0.field(number, fixed64: value) })
    }
    #expect(filled(20) { $0.nonZero(1, value) }.isEmpty == (value == 0))
  }

  @Test(arguments: ["", "a", "fifteen bytes..", "sixteen bytes...", "é€😀", String(repeating: "long ", count: 60)])
  func texts(text: String) {
    let expected = written { $0.field(2, string: text) }
    #expect(filled(400) { $0.field(2, string: text) } == expected)
    #expect(filled(400) { $0.nonEmpty(2, text) } == (text.isEmpty ? [] : expected))
    let bytes = Array(text.utf8)
    #expect(filled(400) { output in bytes.withUnsafeBytes { output.field(2, bytes: $0) } } == expected)
    #expect(text.withUTF8Bytes { Array($0) } == bytes)
  }

  @Test func valuesAreWrittenAsTheyLieInMemory() {
    #expect(filled(20) { $0.field(3, bytesOf: UInt32(0x0403_0201).littleEndian) } == [0x1A, 4, 1, 2, 3, 4])
  }

  @Test(arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 20_000], [1, 2, 3])
  func lengthsOfAnySizeStandBeforeTheirBody(size: Int, kept: Int) {
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let bytes = filled(size + 20) { output in
      output.varint(7)
      output.message(3, lengthBytes: kept) { inner in
        body.withUnsafeBytes { inner.append(bytes: $0) }
      }
      output.varint(9)
    }
    let expected = written { writer in
      writer.varint(7)
      writer.field(3, bytes: body)
      writer.varint(9)
    }
    #expect(bytes == expected)
  }

  @Test func roomIsFilledInPartAndWrittenOnBehind() {
    let bytes = written { writer in
      writer.field(1, varint: 1)
      writer.append(atMost: 1000) { $0.field(2, varint: 2) }
      writer.append(atMost: 0) { _ in }
      writer.field(3, varint: 3)
    }
    #expect(bytes == [0x08, 1, 0x10, 2, 0x18, 3])
  }
}
