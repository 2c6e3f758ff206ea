// The rules about what is declared within one message or enum.

extension MessageSyntax {
  func check() throws(ProtoError) {
    var byNumber: [Int64: FieldSyntax] = [:]
    var byCamelCase: [String: NameSyntax] = [:]
    for oneof in oneofs { try MessageSyntax.check(oneof.name, against: &byCamelCase) }
    for field in fields {
      try MessageSyntax.check(field.number)
      if let other = byNumber.updateValue(field, forKey: field.number.value) {
        throw ProtoError(
          field.number.location,
          "the number \(field.number.value) is that of '\(other.name.text)' at \(other.name.location)"
        )
      }
      try reserved.check(field.name, field.number)
      try MessageSyntax.check(field.name, against: &byCamelCase)
    }
  }

  private static func check(_ number: NumberSyntax) throws(ProtoError) {
    guard FieldNumber.all.contains(number.value) else {
      throw ProtoError(
        number.location,
        "the number \(number.value) is not within \(FieldNumber.all.lowerBound) to \(FieldNumber.all.upperBound)"
      )
    }
    guard !FieldNumber.internals.contains(number.value) else {
      throw ProtoError(
        number.location,
        "the numbers \(FieldNumber.internals.lowerBound) to \(FieldNumber.internals.upperBound) are protobuf's own"
      )
    }
  }

  private static func check(_ name: NameSyntax, against others: inout [String: NameSyntax]) throws(ProtoError) {
    if let other = others.updateValue(name, forKey: Naming.lowerCamelCase(name.text)) {
      throw ProtoError(name.location, "'\(name.text)' and '\(other.text)' are the same name in camel case")
    }
  }
}

extension FieldSyntax {
  /// Checks the options.
  ///
  /// - Parameter isPackable: whether the field is a repeated one of a type that can be packed.
  /// - Returns: the value of the option `packed`.
  @discardableResult
  func check(isPackable: Bool) throws(ProtoError) -> Bool? {
    var packed: Bool?
    var seen: Set<String> = []
    for option in options {
      guard seen.insert(option.name.text).inserted else {
        throw ProtoError(option.name.location, "the option '\(option.name.text)' was set before")
      }
      switch option.name.text {
      case "default":
        throw ProtoError(option.name.location, "default values are not part of proto3")
      case "packed":
        guard isPackable else {
          throw ProtoError(option.name.location, "only repeated numbers, bools and enums can be packed")
        }
        packed = try option.boolean()
      default:
        continue
      }
    }
    return packed
  }
}

extension EnumSyntax {
  func check(prefix: String) throws(ProtoError) {
    guard let first = values.first else {
      throw ProtoError(name.location, "the enum '\(name.text)' has no values")
    }
    guard first.number.value == 0 else {
      throw ProtoError(first.number.location, "the first value of an enum has the number 0")
    }
    var byNumber: [Int64: NameSyntax] = [:]
    var byCamelCase: [String: NameSyntax] = [:]
    for value in values {
      if let other = byNumber.updateValue(value.name, forKey: value.number.value) {
        throw ProtoError(
          value.number.location,
          "the number \(value.number.value) is that of '\(other.text)' at \(other.location)"
        )
      }
      try reserved.check(value.name, value.number)
      let camelCase = Naming.lowerCamelCase(constant: String(value.name.text.dropFirst(prefix.count)))
      if let other = byCamelCase.updateValue(value.name, forKey: camelCase) {
        throw ProtoError(
          value.name.location, "'\(value.name.text)' and '\(other.text)' are the same name in camel case")
      }
    }
  }
}

extension ReservedSyntax {
  func check(_ name: NameSyntax, _ number: NumberSyntax) throws(ProtoError) {
    if let range = ranges.first(where: { $0.numbers.contains(number.value) }) {
      throw ProtoError(number.location, "the number \(number.value) is reserved at \(range.location)")
    }
    if let other = names.first(where: { $0.text == name.text }) {
      throw ProtoError(name.location, "the name '\(name.text)' is reserved at \(other.location)")
    }
  }
}
