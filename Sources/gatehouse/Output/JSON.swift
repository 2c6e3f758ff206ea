/// A JSON value (RFC 8259), written on one line. Members keep the order in which they are given.
enum JSON: Equatable, Sendable {
  case object([Member])
  case array([JSON])
  case string(String)
  /// A whole number, up to 64 bits, written as a number.
  case number(UInt64)
  case signed(Int64)
  /// Any other number. One that is not finite is written as null, since JSON has no word for it.
  case real(Double)
  case bool(Bool)
  case null

  struct Member: Equatable, Sendable {
    let name: String
    let value: JSON
  }

  /// An object of the members given; those whose value is nil are left out.
  static func members(_ pairs: KeyValuePairs<String, JSON?>) -> JSON {
    .object(pairs.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  /// The text, without line breaks.
  var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(quoted: member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .string(let text): Self.append(quoted: text, to: &bytes)
    case .number(let value): bytes += Array("\(value)".utf8)
    case .signed(let value): bytes += Array("\(value)".utf8)
    case .real(let value): bytes += Array((value.isFinite ? "\(value)" : "null").utf8)
    case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
    case .null: bytes += Array("null".utf8)
    }
  }

  /// RFC 8259, section 7. DEL and the C1 controls are escaped too, so that the line is safe to show on a terminal.
  private static func append(quoted text: String, to bytes: inout [UInt8]) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { text in
      var index = 0
      while index < text.count {
        let byte = text[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case UInt8(ascii: "\r"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case UInt8(ascii: "\t"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        case 0..<0x20, 0x7F: append(escaped: byte, to: &bytes)
        // The C1 controls, U+0080 to U+009F, are this byte and another one, which is the scalar's number.
        case 0xC2 where index < text.count && (0x80...0x9F).contains(text[index]):
          append(escaped: text[index], to: &bytes)
          index += 1
        default: bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(escaped scalar: UInt8, to bytes: inout [UInt8]) {
    bytes += Array("\\u\(Hexadecimal.digits(UInt64(scalar), 4))".utf8)
  }
}
