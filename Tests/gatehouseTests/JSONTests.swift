internal import Testing

@testable import gatehouse

@Suite struct JSONTests {
  @Test func valuesAreWrittenOnOneLine() {
    let value = JSON.members([
      "id": .string("a\"b\\c\n\u{1}\u{7F}é😀"), "none": nil, "number": .number(UInt64.max), "signed": .signed(.min),
      "yes": .bool(true), "no": .bool(false), "nothing": .null, "real": .real(0.5), "infinite": .real(.infinity),
      "list": .array([.number(1), .array([])]),
      "object": .members([:]),
    ])
    #expect(
      value.text
        == #"{"id":"a\"b\\c\n\u0001\u007fé😀","number":18446744073709551615,"signed":-9223372036854775808,"#
        + #""yes":true,"no":false,"nothing":null,"real":0.5,"infinite":null,"list":[1,[]],"object":{}}"#)
  }

  @Test func noControlCharacterGetsOut() {
    let every = String(String.UnicodeScalarView((0...0x9F).compactMap { Unicode.Scalar($0) }))
    let text = JSON.string(every).text
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    let plain = PlainText.escaped(every + "\u{202E}")
    #expect(plain.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    #expect(plain.hasSuffix("\\u{202e}"))
    #expect(PlainText.escaped("Zoë 😀") == "Zoë 😀")
  }
}
