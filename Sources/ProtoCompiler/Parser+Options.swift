// Options: read to the end by the grammar; those that change nothing about the messages are ignored.
extension Parser {
  /// `option name = value;`, behind the first word.
  mutating func optionLine() throws(ProtoError) -> OptionSyntax {
    let option = try optionAssignment()
    try expectSymbol(";")
    return option
  }

  /// `[name = value, …]`, if it is there.
  mutating func optionList() throws(ProtoError) -> [OptionSyntax] {
    guard takeSymbol("[") else { return [] }
    var options: [OptionSyntax] = []
    repeat {
      options.append(try optionAssignment())
    } while takeSymbol(",")
    try expectSymbol("]")
    return options
  }

  private mutating func optionAssignment() throws(ProtoError) -> OptionSyntax {
    let location = current.location
    var text = ""
    repeat {
      if takeSymbol("(") {
        text += "(" + (try dottedName("the name of an option", allowsRoot: true).text) + ")"
        try expectSymbol(")")
      } else {
        text += try identifier("the name of an option").text
      }
      text += current.isSymbol(".") ? "." : ""
    } while takeSymbol(".")
    try expectSymbol("=")
    return OptionSyntax(name: NameSyntax(text: text, location: location), value: try optionValue())
  }

  /// The token that a value consists of; for an aggregate its opening brace, for a signed number the number.
  private mutating func optionValue() throws(ProtoError) -> Token {
    let first = current
    if first.isSymbol("{") {
      try skipAggregate()
      return first
    }
    if takeSymbol("-") || takeSymbol("+") {
      let isInfinity = current.isIdentifier("inf") || current.isIdentifier("nan")
      guard current.isNumber || isInfinity else { throw unexpected("a number") }
      return take()
    }
    switch first.kind {
    case .identifier:
      _ = try dottedName("a value")
    case .string:
      _ = try string("a value")
    case .integer, .float:
      take()
    case .symbol, .end:
      throw unexpected("a value")
    }
    return first
  }

  /// Text format within braces: whatever is within, as long as its braces match.
  private mutating func skipAggregate() throws(ProtoError) {
    var depth = 0
    repeat {
      if current.kind == .end { throw unexpected("'}'") }
      let token = take()
      if token.isSymbol("{") { depth += 1 }
      if token.isSymbol("}") { depth -= 1 }
    } while depth > 0
  }
}

extension OptionSyntax {
  /// `true` or `false`.
  func boolean() throws(ProtoError) -> Bool {
    if value.isIdentifier("true") { return true }
    if value.isIdentifier("false") { return false }
    throw ProtoError(value.location, "expected 'true' or 'false' for '\(name.text)', found \(value.description)")
  }
}

extension MethodSyntax {
  /// What `idempotency_level` says.
  func idempotency() throws(ProtoError) -> Schema.Idempotency {
    guard let option = options.last(where: { $0.name.text == "idempotency_level" }) else { return .unknown }
    guard let level = Schema.Idempotency(rawValue: option.value.text) else {
      throw ProtoError(option.value.location, "there is no idempotency level \(option.value.description)")
    }
    return level
  }
}
