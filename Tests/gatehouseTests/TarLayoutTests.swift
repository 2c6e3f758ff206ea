internal import Testing

@testable import gatehouse

/// Whole archives are read by Python's tarfile in the end-to-end tests.
@Suite struct TarLayoutTests {
  private static let layout = TarLayout(
    entries: [
      TarLayout.Entry(name: "one", bytes: 1), TarLayout.Entry(name: "block", bytes: 512),
      TarLayout.Entry(name: "empty", bytes: 0), TarLayout.Entry(name: "large", bytes: 1 << 33),
    ], modifiedAt: 0o1234567)

  private static func text(_ header: [UInt8], _ range: Range<Int>) -> String {
    String(decoding: header[range].prefix { $0 != 0 }, as: UTF8.self)
  }

  @Test func aHeaderIsUstar() {
    let header = Self.layout.header(of: 0)
    #expect(header.count == 512)
    #expect(Self.text(header, 0..<100) == "one")
    #expect(Self.text(header, 100..<108) == "0000640")
    #expect(Self.text(header, 124..<136) == "00000000001")
    #expect(Self.text(header, 136..<148) == "00001234567")
    #expect(Self.text(header, 156..<157) == "0")
    #expect(Self.text(header, 257..<263) == "ustar" && Self.text(header, 263..<265) == "00")
    // The sum of all bytes, its own taken for spaces.
    let sum = header.reduce(0) { $0 + Int($1) } - header[148..<156].reduce(0) { $0 + Int($1) } + 8 * 0x20
    #expect(Int(Self.text(header, 148..<155), radix: 8) == sum && header[154] == 0 && header[155] == 0x20)
  }

  @Test func aSizeBeyondOctalIsBinary() {
    let header = Self.layout.header(of: 3)
    #expect(Array(header[124..<136]) == [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])
  }

  @Test func filesAreWholeRecords() {
    #expect((0...3).map { Self.layout.start(of: $0) } == [0, 1024, 2048, 2560])
    #expect((0...2).map { Self.layout.padding(of: $0).count } == [511, 0, 0])
    #expect(Self.layout.start(of: 4) == 2560 + 512 + 1 << 33)
  }

  @Test(arguments: [0, 1, 17, 18, 19, 20]) func anArchiveEndsInWholeBlocks(files: Int) {
    let layout = TarLayout(
      entries: (0..<files).map { TarLayout.Entry(name: "\($0)", bytes: 0) }, modifiedAt: 0)
    let total = layout.start(of: files) + layout.end.count
    #expect(total % 10240 == 0 && layout.end.count >= 1024 && layout.end.count < 1024 + 10240)
    #expect(layout.end.allSatisfy { $0 == 0 })
  }
}
