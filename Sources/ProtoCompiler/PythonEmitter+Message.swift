extension PythonEmitter {
  func emit(_ message: Schema.Message, in package: String, into text: inout SourceText) {
    text.emptyLine()
    text.line("")
    text.line("class \(names[message.fullName].type)(Message):")
    text.indented { text in
      PythonEmitter.docstring(message.comments.text, into: &text)
      text.emptyLine()
      let slots = message.fields.map { "\"\(PythonNames.attribute($0.name))\"" }
      text.call("__slots__ = ", slots.count == 1 ? [slots[0] + ","] : slots)
      for field in message.fields {
        text.line("\(PythonNames.attribute(field.name)): \(held(field, in: package))")
        PythonEmitter.docstring(comment(of: field, in: message), into: &text)
      }
      text.emptyLine()
      emitInitializer(of: message, in: package, into: &text)
      text.emptyLine()
      text.line("full_name: ClassVar[str] = \"\(message.fullName)\"")
      let fields = message.fields.map { description(of: $0, in: message, package) }
      text.call("fields: ClassVar[Tuple[Field, ...]] = ", fields.count == 1 ? [fields[0] + ","] : fields)
    }
  }

  private func comment(of field: Schema.Field, in message: Schema.Message) -> String {
    guard let index = field.oneof else { return field.comments.text }
    let oneof = "At most one of the fields of `\(message.oneofs[index].name)` is set."
    return field.comments.text.isEmpty ? oneof : field.comments.text + "\n\n" + oneof
  }

  private func emitInitializer(of message: Schema.Message, in package: String, into text: inout SourceText) {
    guard !message.fields.isEmpty else { return }
    let parameters = message.fields.map { parameter($0, in: package, PythonNames.attribute($0.name)) }
    text.call("def __init__", ["self", "*"] + parameters, closing: " -> None:")
    text.indented { text in
      for field in message.fields {
        let name = PythonNames.attribute(field.name)
        switch field.cardinality {
        case .implicit, .explicit: text.line("self.\(name) = \(name)")
        case .repeated: text.line("self.\(name) = list(\(name))")
        case .map: text.line("self.\(name) = dict(\(name) or {})")
        }
      }
    }
  }

  // MARK: Types

  /// "name: type = default", for functions that take the field.
  func parameter(_ field: Schema.Field, in package: String, _ name: String) -> String {
    let element = element(field.type, in: package)
    switch field.cardinality {
    case .explicit: return "\(name): Optional[\(element)] = None"
    case .repeated: return "\(name): Sequence[\(element)] = ()"
    case .map(let key): return "\(name): Optional[Mapping[\(key.pythonType), \(element)]] = None"
    case .implicit:
      switch field.type {
      case .scalar(let scalar): return "\(name): \(element) = \(scalar.pythonDefault)"
      case .enumeration(let enumeration):
        let zero = names.enums[enumeration].flatMap { enumeration in
          enumeration.values.first.map { String($0.name.dropFirst(enumeration.valuePrefix.count)) }
        }
        return "\(name): \(element) = \(element).\(PythonNames.member(zero ?? ""))"
      case .message: return "\(name): Optional[\(element)] = None"
      }
    }
  }

  private func held(_ field: Schema.Field, in package: String) -> String {
    let element = element(field.type, in: package)
    switch field.cardinality {
    case .implicit: return element
    case .explicit: return "Optional[\(element)]"
    case .repeated: return "List[\(element)]"
    case .map(let key): return "Dict[\(key.pythonType), \(element)]"
    }
  }

  private func element(_ type: Schema.FieldType, in package: String) -> String {
    switch type {
    case .scalar(let scalar): scalar.pythonType
    case .message(let name), .enumeration(let name): self.type(name, in: package)
    }
  }

  private func description(of field: Schema.Field, in message: Schema.Message, _ package: String) -> String {
    var arguments = ["\"\(PythonNames.attribute(field.name))\"", "\(field.number)"]
    switch field.type {
    case .scalar(let scalar): arguments.append("\"\(scalar.rawValue)\"")
    case .message: arguments.append("\"message\"")
    case .enumeration: arguments.append("\"enum\"")
    }
    switch field.cardinality {
    case .implicit: break
    case .explicit: arguments.append("\"optional\"")
    case .repeated(let isPacked): arguments.append(isPacked ? "\"packed\"" : "\"repeated\"")
    case .map(let key): arguments += ["\"map\"", "key=\"\(key.rawValue)\""]
    }
    switch field.type {
    case .scalar: break
    case .message(let name), .enumeration(let name): arguments.append("of=lambda: \(type(name, in: package))")
    }
    if let index = field.oneof { arguments.append("oneof=\"\(message.oneofs[index].name)\"") }
    return "Field(\(arguments.joined(separator: ", ")))"
  }
}

extension Schema.Scalar {
  var pythonType: String {
    switch self {
    case .double, .float: "float"
    case .bool: "bool"
    case .string: "str"
    case .bytes: "bytes"
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64: "int"
    }
  }

  var pythonDefault: String {
    switch self {
    case .double, .float: "0.0"
    case .bool: "False"
    case .string: "\"\""
    case .bytes: "b\"\""
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64: "0"
    }
  }
}
