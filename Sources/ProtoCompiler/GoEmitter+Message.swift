extension GoEmitter {
  func emit(_ message: Schema.Message, in package: String, into text: inout SourceText) {
    let name = names[message.fullName].type
    text.emptyLine()
    GoEmitter.emit(comment: message.comments.text, of: name, into: &text)
    text.block("type \(name) struct") { text in
      // An empty line between fields keeps gofmt from aligning them.
      for field in message.fields {
        text.emptyLine()
        GoEmitter.emit(comment: comment(of: field, in: message), into: &text)
        text.line("\(GoNames.field(field.name)) \(held(field, in: package))")
      }
    }
    text.emptyLine()
    text.line("// FullName is the message's name with its package.")
    text.block("func (*\(name)) FullName() string") { $0.line("return \"\(message.fullName)\"") }
    text.emptyLine()
    text.line("// MergeWire reads fields until the reader's end; the reader keeps the error.")
    text.block("func (m *\(name)) MergeWire(r *wire.Reader)") { text in
      guard !message.fields.isEmpty else { return text.line("r.SkipAll()") }
      text.block("for r.More()") { text in
        text.line("switch tag := r.Tag(); tag {")
        for field in message.fields { emitCases(of: field, message, in: package, into: &text) }
        text.line("default:")
        text.indented { $0.line("r.Skip(tag)") }
        text.line("}")
      }
    }
    text.emptyLine()
    text.line("// AppendWire writes the message's fields.")
    text.block("func (m *\(name)) AppendWire(w *wire.Writer)") { text in
      for field in message.fields.sorted(by: { $0.number < $1.number }) {
        emitWrite(of: field, in: package, into: &text)
      }
    }
  }

  private func comment(of field: Schema.Field, in message: Schema.Message) -> String {
    guard let index = field.oneof else { return field.comments.text }
    let oneof = "At most one of the fields of \(message.oneofs[index].name) is set."
    return field.comments.text.isEmpty ? oneof : field.comments.text + "\n\n" + oneof
  }

  private func element(_ type: Schema.FieldType, in package: String) -> String {
    switch type {
    case .scalar(let scalar): scalar.goType
    case .message(let name): "*" + self.type(name, in: package)
    case .enumeration(let name): self.type(name, in: package)
    }
  }

  private func held(_ field: Schema.Field, in package: String) -> String {
    let element = element(field.type, in: package)
    switch field.cardinality {
    case .implicit: return element
    case .explicit: return field.isPointer ? "*" + element : element
    case .repeated: return "[]" + element
    case .map(let key): return "map[\(key.goType)]\(element)"
    }
  }

  // MARK: Reading

  private func emitCases(
    of field: Schema.Field, _ message: Schema.Message, in package: String, into text: inout SourceText
  ) {
    let name = "m." + GoNames.field(field.name)
    let read = read(field.type, in: package)
    func emit(_ wireType: Int, _ lines: [String]) {
      text.line("case \(field.number << 3 | wireType):")
      text.indented { text in
        for line in lines { text.line(line) }
        let others = message.fields.filter { field.oneof != nil && $0.oneof == field.oneof && $0.name != field.name }
        for other in others { text.line("m.\(GoNames.field(other.name)) = nil") }
      }
    }
    switch (field.cardinality, field.type) {
    case (.map(let key), _): emit(2, mapLines(field, key, in: package))
    case (.repeated, .message(let message)):
      emit(2, ["value := new(\(type(message, in: package)))", "r.Message(value)", "\(name) = append(\(name), value)"])
    case (.repeated, _):
      emit(field.type.wireType, ["\(name) = append(\(name), \(read))"])
      if field.type.wireType != 2 { emit(2, ["r.Packed(func() { \(name) = append(\(name), \(read)) })"]) }
    case (_, .message(let message)):
      let new = "\(name) = new(\(type(message, in: package)))"
      emit(2, ["if \(name) == nil {", "\t\(new)", "}", "r.Message(\(name))"])
    case (.explicit, _) where field.isPointer: emit(field.type.wireType, ["value := \(read)", "\(name) = &value"])
    default: emit(field.type.wireType, ["\(name) = \(read)"])
    }
  }

  private func mapLines(_ field: Schema.Field, _ key: Schema.Scalar, in package: String) -> [String] {
    let name = "m." + GoNames.field(field.name)
    let element = element(field.type, in: package)
    var lines = ["var key \(key.goType)"]
    var readValue = "value = \(read(field.type, in: package))"
    if case .message(let message) = field.type {
      lines.append("value := new(\(type(message, in: package)))")
      readValue = "r.Message(value)"
    } else {
      lines.append("var value \(element)")
    }
    let tags = "\(1 << 3 | Schema.FieldType.scalar(key).wireType), \(2 << 3 | field.type.wireType)"
    lines += [
      "if r.Entry(\(tags), func() { key = r.\(key.goName)() }, func() { \(readValue) }) {", "\tif \(name) == nil {",
      "\t\t\(name) = map[\(key.goType)]\(element){}", "\t}", "\t\(name)[key] = value", "}",
    ]
    return lines
  }

  private func read(_ type: Schema.FieldType, in package: String) -> String {
    switch type {
    case .scalar(let scalar): "r.\(scalar.goName)()"
    case .enumeration(let name): "\(self.type(name, in: package))(r.Int32())"
    case .message: ""
    }
  }

  // MARK: Writing

  private func emitWrite(of field: Schema.Field, in package: String, into text: inout SourceText) {
    let name = "m." + GoNames.field(field.name)
    func lines(_ value: String, tag: Int) -> [String] { ["w.Tag(\(tag))", write(field.type, value)] }
    let tag = field.number << 3 | field.type.wireType
    switch field.cardinality {
    case .implicit:
      text.block("if \(presence(field.type, name))") { text in lines(name, tag: tag).forEach { text.line($0) } }
    case .explicit:
      let value = field.isPointer ? "*" + name : name
      text.block("if \(name) != nil") { text in lines(value, tag: tag).forEach { text.line($0) } }
    case .repeated(let isPacked) where isPacked:
      text.block("if len(\(name)) > 0") { text in
        text.line("w.Tag(\(field.number << 3 | 2))")
        text.line("w.Delimited(func() {")
        text.indented { text in
          text.block("for _, value := range \(name)") { $0.line(write(field.type, "value")) }
        }
        text.line("})")
      }
    case .repeated:
      text.block("for _, value := range \(name)") { text in lines("value", tag: tag).forEach { text.line($0) } }
    case .map(let key):
      text.block("if len(\(name)) > 0") { text in
        text.line("keys := make([]\(key.goType), 0, len(\(name)))")
        text.block("for key := range \(name)") { $0.line("keys = append(keys, key)") }
        let less = key == .bool ? "!keys[i] && keys[j]" : "keys[i] < keys[j]"
        text.line("sort.Slice(keys, func(i, j int) bool { return \(less) })")
        text.block("for _, key := range keys") { text in
          text.line("w.Tag(\(field.number << 3 | 2))")
          text.line("w.Delimited(func() {")
          text.indented { text in
            text.line("w.Tag(\(1 << 3 | Schema.FieldType.scalar(key).wireType))")
            text.line("w.\(key.goName)(key)")
            lines("\(name)[key]", tag: 2 << 3 | field.type.wireType).forEach { text.line($0) }
          }
          text.line("})")
        }
      }
    }
  }

  private func write(_ type: Schema.FieldType, _ value: String) -> String {
    switch type {
    case .scalar(let scalar): "w.\(scalar.goName)(\(value))"
    case .enumeration: "w.Int32(int32(\(value)))"
    case .message: "w.Message(\(value))"
    }
  }

  private func presence(_ type: Schema.FieldType, _ name: String) -> String {
    switch type {
    case .scalar(.string): "\(name) != \"\""
    case .scalar(.bytes): "len(\(name)) > 0"
    case .scalar(.bool): name
    case .scalar(.double): "math.Float64bits(\(name)) != 0"
    case .scalar(.float): "math.Float32bits(\(name)) != 0"
    case .scalar, .enumeration: "\(name) != 0"
    case .message: "\(name) != nil"
    }
  }
}

extension Schema.Field {
  /// Whether presence is a pointer's; messages and bytes can be nil themselves.
  fileprivate var isPointer: Bool {
    switch type {
    case .message, .scalar(.bytes): false
    case .scalar, .enumeration: true
    }
  }
}

extension Schema.Scalar {
  var goType: String {
    switch self {
    case .double: "float64"
    case .float: "float32"
    case .int32, .sint32, .sfixed32: "int32"
    case .int64, .sint64, .sfixed64: "int64"
    case .uint32, .fixed32: "uint32"
    case .uint64, .fixed64: "uint64"
    case .bool: "bool"
    case .string: "string"
    case .bytes: "[]byte"
    }
  }

  /// What reads and writes it.
  var goName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
