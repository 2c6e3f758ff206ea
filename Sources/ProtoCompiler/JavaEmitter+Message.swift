extension JavaEmitter {
  func emit(_ message: Schema.Message, into text: inout SourceText) {
    let name = names[message.fullName].type
    text.emptyLine()
    JavaEmitter.emit(comment: message.comments.text, into: &text)
    text.block("public static final class \(name) extends Message") { text in
      for field in message.fields {
        JavaEmitter.emit(comment: comment(of: field, in: message), into: &text)
        text.line("public \(declaration(of: field));")
      }
      for field in message.fields {
        text.emptyLine()
        text.line("/** Sets the field, for chains. */")
        let property = JavaNames.field(field.name)
        text.block("public \(name) \(property)(\(held(field)) value)") { text in
          text.line("\(property) = value;")
          text.line("return this;")
        }
      }
      text.emptyLine()
      text.line("@Override")
      text.block("public String fullName()") { $0.line("return \"\(message.fullName)\";") }
      text.emptyLine()
      emitMerge(of: message, into: &text)
      text.emptyLine()
      text.line("@Override")
      text.block("void write(WireWriter writer)") { text in
        for field in message.fields.sorted(by: { $0.number < $1.number }) { emitWrite(of: field, into: &text) }
      }
      text.emptyLine()
      text.line("/** Reads a message; throws when the bytes are none. */")
      text.block("public static \(name) decode(byte[] bytes) throws WireException") { text in
        text.line("return Message.decode(bytes, new \(name)());")
      }
    }
  }

  private func comment(of field: Schema.Field, in message: Schema.Message) -> String {
    guard let index = field.oneof else { return field.comments.text }
    let oneof = "At most one of the fields of \(message.oneofs[index].name) is set."
    return field.comments.text.isEmpty ? oneof : field.comments.text + "\n\n" + oneof
  }

  private func element(_ type: Schema.FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.javaType
    case .message(let name), .enumeration(let name): self.type(name)
    }
  }

  private func boxed(_ type: Schema.FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.javaBox
    case .message(let name), .enumeration(let name): self.type(name)
    }
  }

  private func held(_ field: Schema.Field) -> String {
    switch field.cardinality {
    case .implicit: element(field.type)
    case .explicit: boxed(field.type)
    case .repeated: "List<\(boxed(field.type))>"
    case .map(let key): "Map<\(key.javaBox), \(boxed(field.type))>"
    }
  }

  private func declaration(of field: Schema.Field) -> String {
    let head = "\(held(field)) \(JavaNames.field(field.name))"
    switch field.cardinality {
    case .explicit: return head
    case .repeated: return head + " = new ArrayList<>()"
    case .map: return head + " = new LinkedHashMap<>()"
    case .implicit: return head + initial(field.type).map { " = " + $0 }.joinedOrEmpty
    }
  }

  private func initial(_ type: Schema.FieldType) -> String? {
    switch type {
    case .scalar(.string): "\"\""
    case .scalar(.bytes): "new byte[0]"
    case .enumeration(let name): "new \(self.type(name))(0)"
    case .scalar, .message: nil
    }
  }

  // MARK: Reading

  private func emitMerge(of message: Schema.Message, into text: inout SourceText) {
    text.line("@Override")
    text.block("void merge(WireReader reader) throws WireException") { text in
      guard !message.fields.isEmpty else { return text.line("reader.skipAll();") }
      text.block("while (reader.hasMore())") { text in
        text.line("int tag = reader.tag();")
        text.block("switch (tag)") { text in
          for field in message.fields { emitCases(of: field, message, into: &text) }
          text.line("default -> reader.skip(tag);")
        }
      }
    }
  }

  private func emitCases(of field: Schema.Field, _ message: Schema.Message, into text: inout SourceText) {
    let name = "this." + JavaNames.field(field.name)
    let read = read(field.type)
    func emit(_ wireType: Int, _ lines: [String]) {
      text.block("case \(field.number << 3 | wireType) ->") { text in
        for line in lines { text.line(line) }
        let others = message.fields.filter { field.oneof != nil && $0.oneof == field.oneof && $0.name != field.name }
        for other in others { text.line("this.\(JavaNames.field(other.name)) = null;") }
      }
    }
    switch (field.cardinality, field.type) {
    case (.map(let key), _): emit(2, mapLines(field, key, name))
    case (.repeated, .message(let message)):
      emit(
        2,
        ["\(self.type(message)) value = new \(self.type(message))();", "reader.message(value);", "\(name).add(value);"])
    case (.repeated, _):
      emit(field.type.wireType, ["\(name).add(\(read));"])
      if field.type.wireType != 2 {
        emit(
          2,
          ["int outer = reader.enter(0);", "while (reader.hasMore()) \(name).add(\(read));", "reader.leave(outer, 0);"])
      }
    case (_, .message(let message)):
      emit(2, ["if (\(name) == null) \(name) = new \(self.type(message))();", "reader.message(\(name));"])
    default: emit(field.type.wireType, ["\(name) = \(read);"])
    }
  }

  private func mapLines(_ field: Schema.Field, _ key: Schema.Scalar, _ name: String) -> [String] {
    let isMessage = if case .message = field.type { true } else { false }
    let initialValue = isMessage ? "new \(boxed(field.type))()" : initial(field.type) ?? field.type.javaZero
    let readValue = isMessage ? "reader.message(value);" : "value = \(read(field.type));"
    return [
      "int outer = reader.enter(1);", "boolean isKnown = true;",
      "\(key.javaType) key = \(initial(.scalar(key)) ?? Schema.FieldType.scalar(key).javaZero);",
      "\(element(field.type)) value = \(initialValue);",
      "while (reader.hasMore()) {", "  int inner = reader.tag();",
      "  if (inner == \(1 << 3 | Schema.FieldType.scalar(key).wireType)) {",
      "    key = \(self.read(.scalar(key)));", "  } else if (inner == \(2 << 3 | field.type.wireType)) {",
      "    \(readValue)", "  } else {",
      "    // As the reference parser has it, an entry with more in it than key and value is unknown as a whole.",
      "    reader.skip(inner);", "    isKnown = false;", "  }", "}", "reader.leave(outer, 1);",
      "if (isKnown) \(name).put(key, value);",
    ]
  }

  private func read(_ type: Schema.FieldType) -> String {
    switch type {
    case .scalar(let scalar): "reader.\(scalar.javaName)()"
    case .enumeration(let name): "new \(self.type(name))(reader.int32())"
    case .message: ""
    }
  }

  // MARK: Writing

  private func emitWrite(of field: Schema.Field, into text: inout SourceText) {
    let name = "this." + JavaNames.field(field.name)
    let tag = field.number << 3 | field.type.wireType
    func lines(_ value: String, _ tag: Int) -> [String] { ["writer.tag(\(tag));", write(field.type, value)] }
    switch field.cardinality {
    case .implicit:
      text.block("if (\(presence(field.type, name)))") { text in lines(name, tag).forEach { text.line($0) } }
    case .explicit: text.block("if (\(name) != null)") { text in lines(name, tag).forEach { text.line($0) } }
    case .repeated(let isPacked) where isPacked:
      text.block("if (!\(name).isEmpty())") { text in
        text.line("writer.tag(\(field.number << 3 | 2));")
        text.line("int start = writer.begin();")
        text.line("for (var value : \(name)) \(write(field.type, "value"))")
        text.line("writer.end(start);")
      }
    case .repeated:
      text.block("for (var value : \(name))") { text in lines("value", tag).forEach { text.line($0) } }
    case .map(let key):
      let sorted = key == .string ? "WireWriter.sortedTexts(\(name).keySet())" : "WireWriter.sorted(\(name).keySet())"
      text.block("for (var key : \(sorted))") { text in
        text.line("writer.tag(\(field.number << 3 | 2));")
        text.line("int start = writer.begin();")
        text.line("writer.tag(\(1 << 3 | Schema.FieldType.scalar(key).wireType));")
        text.line("writer.\(key.javaName)(key);")
        lines("\(name).get(key)", 2 << 3 | field.type.wireType).forEach { text.line($0) }
        text.line("writer.end(start);")
      }
    }
  }

  private func write(_ type: Schema.FieldType, _ value: String) -> String {
    switch type {
    case .scalar(let scalar): "writer.\(scalar.javaName)(\(value));"
    case .enumeration: "writer.int32(\(value).number());"
    case .message: "writer.message(\(value));"
    }
  }

  private func presence(_ type: Schema.FieldType, _ name: String) -> String {
    switch type {
    case .scalar(.string): "!\(name).isEmpty()"
    case .scalar(.bytes): "\(name).length > 0"
    case .scalar(.bool): name
    case .scalar(.double): "Double.doubleToRawLongBits(\(name)) != 0"
    case .scalar(.float): "Float.floatToRawIntBits(\(name)) != 0"
    case .scalar: "\(name) != 0"
    case .enumeration: "\(name).number() != 0"
    case .message: "\(name) != null"
    }
  }
}

extension String? {
  fileprivate var joinedOrEmpty: String { self ?? "" }
}

extension Schema.FieldType {
  fileprivate var javaZero: String { self == .scalar(.bool) ? "false" : "0" }
}

extension Schema.Scalar {
  var javaType: String {
    switch self {
    case .double: "double"
    case .float: "float"
    case .int32, .uint32, .sint32, .fixed32, .sfixed32: "int"
    case .int64, .uint64, .sint64, .fixed64, .sfixed64: "long"
    case .bool: "boolean"
    case .string: "String"
    case .bytes: "byte[]"
    }
  }

  var javaBox: String {
    switch javaType {
    case "double": "Double"
    case "float": "Float"
    case "int": "Integer"
    case "long": "Long"
    case "boolean": "Boolean"
    default: javaType
    }
  }

  /// What reads and writes it.
  var javaName: String {
    switch self {
    case .double, .float: rawValue + "_"
    default: rawValue
    }
  }
}
