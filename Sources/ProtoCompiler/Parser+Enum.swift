extension Parser {
  /// The numbers that enum values may have.
  static let enumNumbers = Int64(Int32.min)...Int64(Int32.max)

  mutating func enumeration() throws(ProtoError) -> EnumSyntax {
    let leading = take().leadingComment
    var enumeration = EnumSyntax(name: try identifier("the name of an enum"))
    enumeration.comments = Comments(leading: leading, trailing: try expectEnd("{"))
    while !takeSymbol("}") {
      if takeSymbol(";") { continue }
      if current.isIdentifier("option"), !isValue {
        take()
        let option = try optionLine()
        if option.name.text == "allow_alias", try option.boolean() {
          throw ProtoError(option.name.location, "aliases are not supported: each value has a number of its own")
        }
      } else if current.isIdentifier("reserved"), !isValue {
        take()
        try reserved(into: &enumeration.reserved, numbers: Parser.enumNumbers, allowsNegative: true)
      } else {
        enumeration.values.append(try value())
      }
    }
    return enumeration
  }

  /// Whether a word that could be a keyword is the name of a value: "option = 1".
  private var isValue: Bool { following.isSymbol("=") }

  private mutating func value() throws(ProtoError) -> EnumValueSyntax {
    let leading = current.leadingComment
    let name = try identifier("a value, 'option', 'reserved' or '}'")
    try expectSymbol("=")
    let number = try integer("the number of the value", allowsNegative: true)
    guard Parser.enumNumbers.contains(number.value) else {
      throw ProtoError(number.location, "\(number.value) does not fit in 32 bits")
    }
    _ = try optionList()
    return EnumValueSyntax(
      name: name,
      number: number,
      comments: Comments(leading: leading, trailing: try expectEnd())
    )
  }
}
