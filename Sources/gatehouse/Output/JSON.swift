/// A JSON value (RFC 8259), written on one line. Members keep the order in which they are given.
enum JSON: Equatable, Sendable {
  case object([Member])
  case array([JSON])
  case string(String)
  /// A whole number, up to 64 bits, written as a number.
  case number(UInt64)
  case signed(Int64)
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
    case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
    case .null: bytes += Array("null".utf8)
    }
  }

  /// RFC 8259, section 7. DEL and the C1 controls are escaped too, so that the line is safe to show on a terminal.
  private static func append(quoted text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += Array("\\\"".utf8)
      case "\\": bytes += Array("\\\\".utf8)
      case "\n": bytes += Array("\\n".utf8)
      case "\r": bytes += Array("\\r".utf8)
      case "\t": bytes += Array("\\t".utf8)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
      default: bytes += Array(UTF8.encode(scalar)!)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
