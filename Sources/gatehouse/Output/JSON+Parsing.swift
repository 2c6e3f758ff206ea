/// Why a text is not JSON, or not the JSON that is needed.
struct JSONError: Error, Equatable, Sendable {
  let message: String
  /// Where, in bytes from the start; nil where the text is JSON.
  var offset: Int?

  init(_ message: String, offset: Int? = nil) {
    self.message = message
    self.offset = offset
  }
}

extension JSON {
  /// Reads a text of JSON (RFC 8259) in UTF-8, whoever wrote it.
  ///
  /// Whole numbers of 64 bits stay exact, others become ``real(_:)``. Members with the same name all stay, in order.
  ///
  /// - Throws: what is wrong and where: not JSON, more than one value, invalid UTF-8, nesting over 100.
  init(parsing text: [UInt8]) throws(JSONError) {
    var reader = JSONReader(text)
    self = try reader.document()
  }
}

/// Goes through a text of JSON once. It never reads past the end, and its arithmetic cannot overflow: positions are at
/// most the text's length, numbers are converted where that is checked.
private struct JSONReader {
  /// Deeper nesting is refused: each level takes a call of this process's stack.
  private static let deepest = 100

  private let text: [UInt8]
  private var at = 0
  private var depth = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value()
    skipSpace()
    guard at == text.count else { throw wrong("nothing more") }
    return value
  }

  private var next: UInt8? { at < text.count ? text[at] : nil }

  private func wrong(_ expected: String) -> JSONError {
    JSONError("\(expected) expected", offset: at)
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { reader throws(JSONError) in try reader.object() }
    case UInt8(ascii: "["): return try nested { reader throws(JSONError) in try reader.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(_ body: (inout JSONReader) throws(JSONError) -> JSON) throws(JSONError) -> JSON {
    guard depth < Self.deepest else { throw JSONError("nested too deep", offset: at) }
    depth += 1
    at += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let isThere = word.withUTF8Buffer { text[at...].starts(with: $0) }
    guard isThere else { throw wrong("a value") }
    at += word.utf8CodeUnitCount
    return value
  }

  private mutating func object() throws(JSONError) -> JSON {
    var members: [JSON.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw wrong("a member's name") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw wrong("\":\"") }
      members.append(JSON.Member(name: name, value: try value()))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw wrong("\",\" or \"}\"") }
    return .object(members)
  }

  private mutating func array() throws(JSONError) -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw wrong("\",\" or \"]\"") }
    return .array(elements)
  }

  // MARK: - Numbers

  private mutating func digits() throws(JSONError) {
    let start = at
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    guard at > start else { throw wrong(start == text.count ? "a value" : "a digit") }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = at
    let isNegative = take(UInt8(ascii: "-"))
    // A number has no leading zero.
    if !take(UInt8(ascii: "0")) { try digits() }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      try digits()
    }
    let written = String(decoding: text[start..<at], as: UTF8.self)
    if isWhole, !isNegative, let number = UInt64(written) { return .number(number) }
    if isWhole, isNegative, let number = Int64(written) { return .signed(number) }
    guard let real = Double(written), real.isFinite else { throw JSONError("number too large", offset: start) }
    return .real(real)
  }

  // MARK: - Strings

  private mutating func string() throws(JSONError) -> String {
    at += 1
    let start = at
    var bytes: [UInt8] = []
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw JSONError("invalid UTF-8", offset: start)
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &bytes)
      case 0..<0x20: throw JSONError("control character in a string", offset: at - 1)
      default: bytes.append(byte)
      }
    }
    throw wrong("\"\\\"\"")
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
    let letter = next
    at = min(at + 1, text.count)
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter ?? 0)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): bytes += Array(String(Character(try scalar())).utf8)
    default: throw JSONError("unknown escape", offset: at)
    }
  }

  /// What `\u` means, the second half of a surrogate pair included.
  private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(UInt16(first)), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw JSONError("half of a surrogate pair", offset: at)
    }
    let second = try unit()
    guard UTF16.isTrailSurrogate(UInt16(second)),
      let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw JSONError("half of a surrogate pair", offset: at) }
    return scalar
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(JSONError) -> UInt32 {
    guard text.count - at >= 4 else { throw wrong("four hexadecimal digits") }
    var unit: UInt32 = 0
    for byte in text[at..<at + 4] {
      guard let digit = Hexadecimal.value(byte) else { throw wrong("four hexadecimal digits") }
      unit = unit << 4 | UInt32(digit)
    }
    at += 4
    return unit
  }
}

extension JSON {
  /// The first member of an object with this name; nil when there is none.
  subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var elements: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  var string: String? {
    guard case .string(let string) = self else { return nil }
    return string
  }

  /// A whole number that is not negative.
  var whole: UInt64? {
    guard case .number(let number) = self else { return nil }
    return number
  }

  var double: Double? {
    switch self {
    case .number(let number): Double(number)
    case .signed(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }
}
