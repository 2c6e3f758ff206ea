internal import Testing

@testable import ByteText

@Suite struct InlineTextTests {
  /// Of every length up to far beyond what lies within the owner, with characters of one byte and of four.
  private static let texts: [String] =
    (0...80).map { String(repeating: "abcdefghij", count: 8).prefix($0).description }
    + (0...20).map { String(repeating: "\u{1F600}", count: $0) }

  private func isInline(_ text: InlineText) -> Bool {
    if case .inline = text.storage { true } else { false }
  }

  @Test(arguments: texts) func itIsTheText(_ string: String) {
    let text = InlineText(string)
    #expect(text.string == string)
    #expect(text.byteCount == string.utf8.count)
    #expect(text.withUTF8Bytes { Array($0) } == Array(string.utf8))
    #expect(isInline(text) == (string.utf8.count <= InlineText.inlineCapacity))
    let copy = Array(string.utf8).withUnsafeBytes { InlineText(copyingUTF8: $0) }
    #expect(copy == text)
  }

  @Test func textsAreToldApart() {
    for (left, text) in Self.texts.enumerated() {
      for (right, other) in Self.texts.enumerated() {
        // The empty one is there twice.
        #expect((InlineText(text) == InlineText(other)) == (text == other), "\(left), \(right)")
      }
    }
    // The same character, composed in two ways.
    #expect(InlineText("caf\u{e9}") != InlineText("cafe\u{301}"))
  }

  @Test(arguments: texts) func itIsAppendedWithAndWithoutRoomBehind(_ string: String) {
    let text = InlineText(string)
    for spare in [0, 1, 7, 40, 64] {
      var room = [UInt8](repeating: 0xEE, count: 2 + text.byteCount + spare)
      let written = room.withUnsafeMutableBytes { bytes in
        var output = OutputRawSpan(buffer: bytes, initializedCount: 0)
        output.append(UInt8(ascii: "<"))
        output.append(text)
        output.append(UInt8(ascii: ">"))
        return output.finalize(for: bytes)
      }
      #expect(String(decoding: room[..<written], as: UTF8.self) == "<\(string)>")
    }
  }

  @Test func aUUIDTakesNoMemoryOfItsOwnAndTheOwnerNoMoreThanFiveWords() {
    #expect(isInline("0190a5d2-7c3e-7b1a-9f00-3c5d8e6f7a12"))
    #expect(MemoryLayout<InlineText>.size == 40)
  }
}
