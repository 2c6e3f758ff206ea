/// Turns the bytes of a proto file into tokens, with the comments around them.
struct Lexer {
  private let bytes: [UInt8]
  private let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// All tokens of a file; the last is of kind `end`.
  static func tokens(of bytes: [UInt8], file: String) throws(ProtoError) -> [Token] {
    var lexer = Lexer(bytes, file: file)
    try lexer.checkEncoding()
    var tokens: [Token] = []
    repeat {
      tokens.append(try lexer.next(isFirst: tokens.isEmpty))
    } while tokens.last?.kind != .end
    return tokens
  }

  private mutating func checkEncoding() throws(ProtoError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ProtoError(location, "the file is not UTF-8")
    }
  }

  // MARK: Characters

  private func peek(_ offset: Int = 0) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  private var location: SourceLocation { SourceLocation(file: file, line: line, column: column) }

  private mutating func advance() {
    if bytes[index] == ASCII.newline {
      line += 1
      column = 1
    } else if index + 1 == bytes.count || bytes[index + 1] & 0xC0 != 0x80 {
      // The last byte of a character.
      column += 1
    }
    index += 1
  }

  private mutating func takeWhile(_ isTaken: (UInt8) -> Bool) {
    while let byte = peek(), isTaken(byte) { advance() }
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<index], as: UTF8.self)
  }

  // MARK: Tokens

  private mutating func next(isFirst: Bool) throws(ProtoError) -> Token {
    let comments = try skipSpace(isFirst: isFirst)
    var token = try word()
    var found = comments
    found.meet(tokenEndsScope: token.kind == .end || ["}", "]", ")"].contains(token.text) && token.kind == .symbol)
    token.leadingComment = found.leading
    token.previousTrailingComment = found.previousTrailing
    return token
  }

  private mutating func word() throws(ProtoError) -> Token {
    let start = location
    guard let byte = peek() else { return Token(kind: .end, text: "", location: start) }
    let from = index
    if ASCII.isLetter(byte) {
      takeWhile { ASCII.isLetter($0) || ASCII.isDigit($0) }
      return Token(kind: .identifier, text: text(from: from), location: start)
    }
    if ASCII.isDigit(byte) || byte == ASCII.dot && peek(1).map(ASCII.isDigit) == true {
      return try number(from: from, at: start)
    }
    if byte == ASCII.quote || byte == ASCII.apostrophe {
      let value = try string()
      return Token(kind: .string(value), text: text(from: from), location: start)
    }
    guard byte > 0x20, byte < 0x7F else {
      let scalar = String(decoding: bytes[from...], as: UTF8.self).unicodeScalars.first
      throw ProtoError(start, "unexpected character U+\(hexadecimal(scalar?.value ?? 0))")
    }
    advance()
    return Token(kind: .symbol, text: text(from: from), location: start)
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private mutating func number(from: Int, at start: SourceLocation) throws(ProtoError) -> Token {
    takeWhile { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == ASCII.dot }
    // The sign of an exponent belongs to the number: 1e-5.
    if let last = peek(-1), last | 0x20 == ASCII.lowerE, !text(from: from).hasPrefix("0x"),
      let sign = peek(), sign == ASCII.plus || sign == ASCII.minus
    {
      advance()
      takeWhile(ASCII.isDigit)
    }
    let literal = text(from: from)
    if let digits = Lexer.integerDigits(of: literal) {
      return Token(kind: .integer(UInt64(digits.text, radix: digits.radix)), text: literal, location: start)
    }
    let isDecimal = !literal.contains { $0 == "x" || $0 == "X" || $0 == "p" || $0 == "P" }
    let float = literal.hasSuffix("f") || literal.hasSuffix("F") ? String(literal.dropLast()) : literal
    guard isDecimal, Double(float) != nil else {
      throw ProtoError(start, "'\(literal)' is not a number")
    }
    return Token(kind: .float, text: literal, location: start)
  }

  /// The digits of an integer literal and their radix; nil when it is none.
  private static func integerDigits(of literal: String) -> (text: String, radix: Int)? {
    let isHexadecimal = literal.hasPrefix("0x") || literal.hasPrefix("0X")
    let isOctal = !isHexadecimal && literal.hasPrefix("0") && literal.count > 1
    let digits = isHexadecimal ? String(literal.dropFirst(2)) : literal
    let radix = isHexadecimal ? 16 : isOctal ? 8 : 10
    let isValid = digits.utf8.allSatisfy { byte in
      switch radix {
      case 16: ASCII.isHexadecimalDigit(byte)
      case 8: ASCII.isOctalDigit(byte)
      default: ASCII.isDigit(byte)
      }
    }
    return isValid && !digits.isEmpty ? (digits, radix) : nil
  }

  // MARK: Strings

  private mutating func string() throws(ProtoError) -> [UInt8] {
    let start = location
    let quote = bytes[index]
    var value: [UInt8] = []
    advance()
    while let byte = peek() {
      if byte == quote {
        advance()
        return value
      }
      if byte == ASCII.newline { break }
      if byte == ASCII.backslash {
        try escape(into: &value)
      } else {
        value.append(byte)
        advance()
      }
    }
    throw ProtoError(start, "the string does not end on its line")
  }

  private mutating func escape(into value: inout [UInt8]) throws(ProtoError) {
    let start = location
    advance()
    guard let byte = peek() else { throw ProtoError(start, "the string does not end on its line") }
    if let simple = ASCII.simpleEscapes[byte] {
      advance()
      value.append(simple)
    } else if byte == ASCII.lowerX || byte == ASCII.upperX {
      advance()
      value.append(UInt8(truncatingIfNeeded: try digits(1...2, radix: 16, escape: start)))
    } else if ASCII.isOctalDigit(byte) {
      value.append(UInt8(truncatingIfNeeded: try digits(1...3, radix: 8, escape: start)))
    } else if byte == ASCII.lowerU || byte == ASCII.upperU {
      advance()
      let count = byte == ASCII.lowerU ? 4 : 8
      let number = try digits(count...count, radix: 16, escape: start)
      guard let scalar = Unicode.Scalar(number) else { throw ProtoError(start, "the escape names no character") }
      value.append(contentsOf: Array(String(Character(scalar)).utf8))
    } else {
      throw ProtoError(start, "unknown escape in a string")
    }
  }

  private mutating func digits(
    _ count: ClosedRange<Int>,
    radix: Int,
    escape: SourceLocation
  ) throws(ProtoError) -> UInt32 {
    let from = index
    while index - from < count.upperBound, let byte = peek(),
      radix == 16 ? ASCII.isHexadecimalDigit(byte) : ASCII.isOctalDigit(byte)
    {
      advance()
    }
    guard count.contains(index - from), let value = UInt32(text(from: from), radix: radix) else {
      throw ProtoError(escape, "expected \(count.lowerBound) digits after the escape")
    }
    return value
  }

  // MARK: Space and comments

  /// Skips what is between two tokens.
  private mutating func skipSpace(isFirst: Bool) throws(ProtoError) -> CommentCollector {
    var comments = CommentCollector(canTrail: !isFirst)
    var isWithinLine = false
    if !isFirst {
      takeWhile(ASCII.isSpaceWithinLine)
      if let comment = try comment() { comments.add(comment) }
      takeWhile(ASCII.isSpaceWithinLine)
      isWithinLine = peek() != ASCII.newline && peek() != nil
      comments.endGroup()
      takeNewline()
    }
    while true {
      takeWhile(ASCII.isSpaceWithinLine)
      if peek() == ASCII.newline {
        takeNewline()
        comments.emptyLine()
      } else if let comment = try comment() {
        if comment.isBlock { comments.endGroup() }
        comments.add(comment)
        takeWhile(ASCII.isSpaceWithinLine)
        takeNewline()
      } else {
        // What stands between two words of one line belongs to neither.
        return isWithinLine ? CommentCollector(canTrail: false) : comments
      }
    }
  }

  private mutating func takeNewline() {
    if peek() == ASCII.newline { advance() }
  }

  /// The comment that begins here, if there is one; a line comment without the end of its line.
  private mutating func comment() throws(ProtoError) -> CommentCollector.Comment? {
    guard peek() == ASCII.slash else { return nil }
    if peek(1) == ASCII.slash {
      advance()
      advance()
      let from = index
      takeWhile { $0 != ASCII.newline }
      return .init(lines: [text(from: from)], isBlock: false)
    }
    guard peek(1) == ASCII.asterisk else { return nil }
    let start = location
    advance()
    advance()
    let from = index
    while let byte = peek() {
      if byte == ASCII.asterisk, peek(1) == ASCII.slash {
        let lines = text(from: from).split(separator: "\n", omittingEmptySubsequences: false)
        advance()
        advance()
        return .init(lines: lines.enumerated().map { $0 == 0 ? String($1) : Lexer.withoutMargin($1) }, isBlock: true)
      }
      advance()
    }
    throw ProtoError(start, "the comment does not end")
  }

  /// A further line of a block comment without the space and the asterisk that it may begin with.
  private static func withoutMargin(_ line: Substring) -> String {
    let text = line.drop { $0 == " " || $0 == "\t" }
    return String(text.first == "*" ? text.dropFirst() : text)
  }
}
