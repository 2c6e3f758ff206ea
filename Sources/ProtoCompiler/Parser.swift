/// Reads the proto3 grammar.
struct Parser {
  /// How deep messages may be declared within each other: protoc's own bound, so that no file exhausts the stack.
  static let maximumNesting = 32

  private let tokens: [Token]
  private var index = 0
  private let path: String

  /// - Throws: the first place where the file departs from the grammar.
  static func parse(_ bytes: [UInt8], path: String) throws(ProtoError) -> FileSyntax {
    var parser = Parser(tokens: try Lexer.tokens(of: bytes, file: path), path: path)
    return try parser.file()
  }

  private init(tokens: [Token], path: String) {
    self.tokens = tokens
    self.path = path
  }

  // MARK: Tokens

  /// The token to read next; at the end it stays the last.
  var current: Token { tokens[index] }

  /// The token behind ``current``.
  var following: Token { tokens[min(index + 1, tokens.count - 1)] }

  @discardableResult
  mutating func take() -> Token {
    let token = tokens[index]
    if index + 1 < tokens.count { index += 1 }
    return token
  }

  mutating func takeSymbol(_ symbol: String) -> Bool {
    guard current.isSymbol(symbol) else { return false }
    take()
    return true
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard current.isIdentifier(word) else { return false }
    take()
    return true
  }

  func unexpected(_ expectation: String) -> ProtoError {
    ProtoError(current.location, "expected \(expectation), found \(current.description)")
  }

  mutating func expectSymbol(_ symbol: String) throws(ProtoError) {
    guard takeSymbol(symbol) else { throw unexpected("'\(symbol)'") }
  }

  /// Ends a declaration; what trails it is told by the token behind.
  mutating func expectEnd(_ symbol: String = ";") throws(ProtoError) -> String {
    try expectSymbol(symbol)
    return current.previousTrailingComment
  }

  mutating func identifier(_ expectation: String) throws(ProtoError) -> NameSyntax {
    guard current.kind == .identifier else { throw unexpected(expectation) }
    let token = take()
    return NameSyntax(text: token.text, location: token.location)
  }

  /// A name with dots within, and with `allowsRoot` also in front.
  mutating func dottedName(_ expectation: String, allowsRoot: Bool = false) throws(ProtoError) -> NameSyntax {
    let location = current.location
    var text = allowsRoot && takeSymbol(".") ? "." : ""
    text += try identifier(expectation).text
    while takeSymbol(".") { text += "." + (try identifier("a name behind the dot").text) }
    return NameSyntax(text: text, location: location)
  }

  mutating func string(_ expectation: String) throws(ProtoError) -> NameSyntax {
    guard case .string = current.kind else { throw unexpected(expectation) }
    let location = current.location
    var bytes: [UInt8] = []
    // Literals side by side are one string.
    while case .string(let part) = current.kind {
      bytes += part
      take()
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ProtoError(location, "the string is not UTF-8")
    }
    return NameSyntax(text: text, location: location)
  }

  /// An integer of at most 64 bits; a place that takes less says so itself.
  mutating func integer(_ expectation: String, allowsNegative: Bool = false) throws(ProtoError) -> NumberSyntax {
    let location = current.location
    let isNegative = allowsNegative && takeSymbol("-")
    guard case .integer(let value) = current.kind else { throw unexpected(expectation) }
    guard let value, let magnitude = Int64(exactly: value) else {
      throw ProtoError(location, "'\(current.text)' is out of range")
    }
    take()
    return NumberSyntax(value: isNegative ? -magnitude : magnitude, location: location)
  }

  // MARK: Files

  private mutating func file() throws(ProtoError) -> FileSyntax {
    var file = FileSyntax(path: path)
    file.comments.leading = current.leadingComment
    try syntaxLine()
    while current.kind != .end {
      if takeSymbol(";") { continue }
      try declaration(into: &file)
    }
    return file
  }

  private mutating func syntaxLine() throws(ProtoError) {
    let expectation = "'syntax = \"proto3\";' as the first line"
    guard takeWord("syntax") else { throw unexpected(expectation) }
    try expectSymbol("=")
    let syntax = try string("\"proto3\"")
    guard syntax.text == "proto3" else {
      throw ProtoError(syntax.location, "expected \"proto3\", found \"\(syntax.text)\"")
    }
    try expectSymbol(";")
  }

  private mutating func declaration(into file: inout FileSyntax) throws(ProtoError) {
    let keyword = current
    switch keyword.kind == .identifier ? keyword.text : "" {
    case "package":
      take()
      guard file.package == nil else { throw ProtoError(keyword.location, "the package was named before") }
      file.package = try dottedName("a package name")
      try expectSymbol(";")
    case "import":
      file.imports.append(try importLine())
    case "option":
      take()
      _ = try optionLine()
    case "message":
      file.messages.append(try message(nesting: 1))
    case "enum":
      file.enums.append(try enumeration())
    case "service":
      file.services.append(try service())
    case "extend":
      throw ProtoError(keyword.location, "extensions are not supported")
    default:
      throw unexpected("'import', 'package', 'option', 'message', 'enum' or 'service'")
    }
  }

  private mutating func importLine() throws(ProtoError) -> ImportSyntax {
    take()
    let isPublic = takeWord("public")
    if !isPublic { _ = takeWord("weak") }
    let path = try string("the path of a proto file, as a string")
    try expectSymbol(";")
    return ImportSyntax(path: path.text, location: path.location, isPublic: isPublic)
  }
}
