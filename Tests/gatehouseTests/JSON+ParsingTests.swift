internal import Testing

@testable import gatehouse

@Suite struct JSONParsingTests {
  private func parsed(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test func everyKindOfValueIsRead() throws {
    let value = try parsed(
      #" { "a" : [ 1, -2, 1.5, 1e3, 0, -0 , true,false,null ], "b":{}, "a":"twice", "c":[] } "#)
    #expect(
      value
        == .object([
          .init(
            name: "a",
            value: .array([
              .number(1), .signed(-2), .real(1.5), .real(1000), .number(0), .signed(0), .bool(true), .bool(false),
              .null,
            ])),
          .init(name: "b", value: .object([])), .init(name: "a", value: .string("twice")),
          .init(name: "c", value: .array([])),
        ]))
    #expect(value["a"]?.elements?.count == 9)
    #expect(value["d"] == nil)
  }

  @Test func wholeNumbersStayExact() throws {
    #expect(try parsed("18446744073709551615") == .number(.max))
    #expect(try parsed("-9223372036854775808") == .signed(.min))
    #expect(try parsed("18446744073709551616") == .real(18_446_744_073_709_551_616))
    #expect(try parsed("2.5e-308").double == 2.5e-308)
  }

  @Test func escapesAreRead() throws {
    #expect(try parsed(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00é""#) == .string("\"\\/\u{8}\u{C}\n\r\té😀é"))
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1,}", "{a:1}", "01", "+1", ".5", "1.", "1e",
    "-", "1e999", "nan", "inf", "0x10", "tru", "nul", "truefalse", "1 2", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
    "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "[1}", "]",
  ])
  func whatIsNotJSONIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try parsed(text) }
  }

  @Test func invalidUTF8IsRefused() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xC3, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test func nestingIsBounded() throws {
    let deepest = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(try parsed(deepest).elements?.count == 1)
    #expect(throws: JSONError("nested too deep", offset: 100)) { try parsed("[" + deepest + "]") }
    #expect(throws: JSONError.self) { try parsed(String(repeating: "[", count: 1_000_000)) }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let value = JSON.members([
      "text": .string("a\"b\\c\n\u{1}\u{7F}\u{85}é😀"), "numbers": .array([.number(.max), .signed(-1), .real(0.1)]),
      "small": .real(1e-12), "large": .real(1e300), "nothing": .null, "yes": .bool(true), "object": .object([]),
    ])
    #expect(try JSON(parsing: Array(value.text.utf8)) == value)
  }

  /// Whatever bytes come, the answer is a value or an error.
  @Test func mutatedTextsDoNoHarm() {
    let text = Array(#"{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00\n",true,null,{"b":{}}],"c":18446744073709551615}"#.utf8)
    let interesting: [UInt8] = [
      0x00, 0x22, 0x2C, 0x2D, 0x2E, 0x30, 0x39, 0x5B, 0x5C, 0x5D, 0x65, 0x75, 0x7B, 0x7D, 0xC3, 0xFF,
    ]
    var accepted = 0
    for index in text.indices {
      if (try? JSON(parsing: Array(text[..<index]))) != nil { accepted += 1 }
      for byte in interesting {
        var replaced = text
        replaced[index] = byte
        if (try? JSON(parsing: replaced)) != nil { accepted += 1 }
        var inserted = text
        inserted.insert(byte, at: index)
        if (try? JSON(parsing: inserted)) != nil { accepted += 1 }
      }
      for bit in 0..<8 {
        var flipped = text
        flipped[index] ^= 1 << bit
        if (try? JSON(parsing: flipped)) != nil { accepted += 1 }
      }
    }
    // Some are still JSON: letters of a string, digits of a number.
    #expect(accepted > 0)
  }
}
