/// A word of a proto file.
struct Token: Equatable {
  enum Kind: Equatable {
    case identifier
    /// Decimal, octal or hexadecimal; nil when it exceeds 64 bits.
    case integer(UInt64?)
    case float
    /// The bytes that the literal stands for.
    case string([UInt8])
    /// One character that is none of the above.
    case symbol
    case end
  }

  var kind: Kind
  /// As written.
  var text: String
  var location: SourceLocation
  /// The comment that the declaration beginning with this token has in front.
  var leadingComment = ""
  /// The comment that belongs to the declaration which the token before this one ended.
  var previousTrailingComment = ""

  func isSymbol(_ symbol: String) -> Bool {
    kind == .symbol && text == symbol
  }

  func isIdentifier(_ word: String) -> Bool {
    kind == .identifier && text == word
  }

  var isNumber: Bool {
    switch kind {
    case .integer, .float: true
    case .identifier, .string, .symbol, .end: false
    }
  }

  /// How an error message names the token.
  var description: String {
    switch kind {
    case .end: "the end of the file"
    case .string: "a string"
    case .identifier, .integer, .float, .symbol: "'\(text)'"
    }
  }
}
