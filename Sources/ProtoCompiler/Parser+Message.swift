extension Parser {
  mutating func message(nesting: Int) throws(ProtoError) -> MessageSyntax {
    let leading = take().leadingComment
    guard nesting <= Parser.maximumNesting else {
      throw ProtoError(current.location, "messages are nested more than \(Parser.maximumNesting) deep")
    }
    var message = MessageSyntax(name: try identifier("the name of a message"))
    message.comments = Comments(leading: leading, trailing: try expectEnd("{"))
    while !takeSymbol("}") {
      if takeSymbol(";") { continue }
      try member(of: &message, nesting: nesting)
    }
    return message
  }

  private mutating func member(of message: inout MessageSyntax, nesting: Int) throws(ProtoError) {
    let keyword = current
    switch keyword.kind == .identifier ? keyword.text : "" {
    case "message":
      message.messages.append(try self.message(nesting: nesting + 1))
    case "enum":
      message.enums.append(try enumeration())
    case "oneof":
      try oneof(of: &message)
    case "option":
      take()
      let option = try optionLine()
      if option.name.text == "message_set_wire_format" {
        throw ProtoError(option.name.location, "message sets are not part of proto3")
      }
    case "reserved":
      take()
      try reserved(into: &message.reserved, numbers: FieldNumber.all, allowsNegative: false)
    case "extensions", "extend":
      throw ProtoError(keyword.location, "extensions are not supported")
    default:
      message.fields.append(try field(oneof: nil))
    }
  }

  private mutating func oneof(of message: inout MessageSyntax) throws(ProtoError) {
    let leading = take().leadingComment
    var oneof = OneofSyntax(name: try identifier("the name of a oneof"))
    oneof.comments = Comments(leading: leading, trailing: try expectEnd("{"))
    let index = message.oneofs.count
    message.oneofs.append(oneof)
    var isEmpty = true
    while !takeSymbol("}") {
      if takeSymbol(";") { continue }
      if takeWord("option") {
        _ = try optionLine()
      } else {
        message.fields.append(try field(oneof: index))
        isEmpty = false
      }
    }
    if isEmpty { throw ProtoError(oneof.name.location, "the oneof '\(oneof.name.text)' has no fields") }
  }

  // MARK: Fields

  private mutating func field(oneof: Int?) throws(ProtoError) -> FieldSyntax {
    let first = current
    let label = try self.label()
    if oneof != nil, label != .none {
      throw ProtoError(first.location, "a field of a oneof is neither 'repeated' nor 'optional'")
    }
    let type = try fieldType()
    if case .map = type, oneof != nil || label != .none {
      throw ProtoError(first.location, "a map is neither 'repeated' nor 'optional' nor within a oneof")
    }
    let name = try identifier("the name of a field")
    try expectSymbol("=")
    let number = try integer("the number of the field")
    var field = FieldSyntax(label: label, type: type, name: name, number: number, oneof: oneof)
    field.options = try optionList()
    field.comments = Comments(leading: first.leadingComment, trailing: try expectEnd())
    return field
  }

  private mutating func label() throws(ProtoError) -> FieldSyntax.Label {
    let location = current.location
    if takeWord("repeated") { return .repeated }
    if takeWord("optional") { return .optional }
    if current.isIdentifier("required") { throw ProtoError(location, "'required' is not part of proto3") }
    return .none
  }

  private mutating func fieldType() throws(ProtoError) -> FieldSyntax.FieldType {
    if current.isIdentifier("group") { throw ProtoError(current.location, "groups are not part of proto3") }
    let type = try dottedName("a field, 'message', 'enum', 'oneof', 'reserved', 'option' or '}'", allowsRoot: true)
    guard type.text == "map", takeSymbol("<") else { return .named(type) }
    let key = try dottedName("the type of the map's keys", allowsRoot: true)
    try expectSymbol(",")
    let value = try dottedName("the type of the map's values", allowsRoot: true)
    try expectSymbol(">")
    return .map(key: key, value: value)
  }

  // MARK: Reserved

  /// `reserved 1, 5 to 7, 9 to max;` or `reserved "a", "b";`, behind the first word.
  mutating func reserved(
    into reserved: inout ReservedSyntax,
    numbers: ClosedRange<Int64>,
    allowsNegative: Bool
  ) throws(ProtoError) {
    if case .string = current.kind {
      repeat {
        reserved.names.append(try string("the name of a reserved field, as a string"))
      } while takeSymbol(",")
    } else {
      repeat {
        let range = try reservedRange(numbers: numbers, allowsNegative: allowsNegative)
        if let other = reserved.ranges.first(where: { $0.numbers.overlaps(range.numbers) }) {
          throw ProtoError(range.location, "the range overlaps the one at \(other.location)")
        }
        reserved.ranges.append(range)
      } while takeSymbol(",")
    }
    try expectSymbol(";")
  }

  private mutating func reservedRange(
    numbers: ClosedRange<Int64>,
    allowsNegative: Bool
  ) throws(ProtoError) -> (numbers: ClosedRange<Int64>, location: SourceLocation) {
    let expectation = "a reserved number, or a reserved name as a string"
    let first = try integer(expectation, allowsNegative: allowsNegative)
    var last = first
    if takeWord("to") {
      last.location = current.location
      if takeWord("max") {
        last.value = numbers.upperBound
      } else {
        last = try integer("a number or 'max'", allowsNegative: allowsNegative)
      }
    }
    for end in [first, last] where !numbers.contains(end.value) {
      throw ProtoError(end.location, "\(end.value) is not within \(numbers.lowerBound) to \(numbers.upperBound)")
    }
    guard first.value <= last.value else {
      throw ProtoError(last.location, "the range ends before it begins")
    }
    return (first.value...last.value, first.location)
  }
}
