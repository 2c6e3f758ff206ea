extension RustEmitter {
  func emit(_ message: Schema.Message, in package: String, into text: inout SourceText) {
    let name = typeName(message.fullName)
    text.emptyLine()
    RustEmitter.emit(comment: message.comments.text, into: &text)
    text.line("#[derive(Clone, Debug, Default, PartialEq)]")
    if message.fields.isEmpty {
      text.line("pub struct \(name) {}")
    } else {
      text.block("pub struct \(name)") { emitFields(of: message, in: package, into: &$0) }
    }
    for index in message.oneofs.indices { emit(oneof: index, of: message, in: package, into: &text) }
    text.emptyLine()
    text.block("impl Message for \(name)") { text in
      text.line("const FULL_NAME: &'static str = \"\(message.fullName)\";")
      text.emptyLine()
      text.block("fn merge_from(&mut self, reader: &mut Reader<'_>) -> Result<(), WireError>") { text in
        emitReading(of: message, in: package, into: &text)
      }
      text.emptyLine()
      if message.fields.isEmpty {
        text.line("fn write_to(&self, _: &mut Writer) {}")
      } else {
        text.block("fn write_to(&self, writer: &mut Writer)") { text in
          for field in message.fields.sorted(by: { $0.number < $1.number }) {
            emitWrite(of: field, message, into: &text)
          }
        }
      }
    }
  }

  /// The fields; a oneof is one, where its first member stands.
  private func emitFields(of message: Schema.Message, in package: String, into text: inout SourceText) {
    var seen: Set<Int> = []
    for field in message.fields {
      guard let index = field.oneof else {
        RustEmitter.emit(comment: field.comments.text, into: &text)
        text.line("pub \(RustNames.field(field.name)): \(held(field, in: package)),")
        continue
      }
      guard seen.insert(index).inserted else { continue }
      let oneof = message.oneofs[index]
      RustEmitter.emit(comment: oneof.comments.text, into: &text)
      text.line("pub \(RustNames.field(oneof.name)): Option<\(type(of: oneof, in: message))>,")
    }
  }

  private func emit(oneof index: Int, of message: Schema.Message, in package: String, into text: inout SourceText) {
    let oneof = message.oneofs[index]
    text.emptyLine()
    text.line("/// What `\(RustNames.field(oneof.name))` of a [`\(typeName(message.fullName))`] can be.")
    text.line("#[derive(Clone, Debug, PartialEq)]")
    text.line("#[non_exhaustive]")
    text.block("pub enum \(type(of: oneof, in: message))") { text in
      for field in message.fields where field.oneof == index {
        RustEmitter.emit(comment: field.comments.text, into: &text)
        text.line("\(RustNames.variant(field))(\(element(field, in: package))),")
      }
    }
  }

  /// The type of one value; behind a box where the message could otherwise hold itself.
  private func element(_ field: Schema.Field, in package: String) -> String {
    switch field.type {
    case .scalar(let scalar): scalar.rustType
    case .message(let name): field.isRecursive ? "Box<\(type(name, in: package))>" : type(name, in: package)
    case .enumeration(let name): type(name, in: package)
    }
  }

  private func held(_ field: Schema.Field, in package: String) -> String {
    let element = element(field, in: package)
    switch field.cardinality {
    case .implicit: return element
    case .explicit: return "Option<\(element)>"
    case .repeated: return "Vec<\(element)>"
    case .map(let key): return "BTreeMap<\(key.rustType), \(element)>"
    }
  }

  // MARK: Reading

  private func emitReading(of message: Schema.Message, in package: String, into text: inout SourceText) {
    guard !message.fields.isEmpty else { return text.line("reader.skip_all()") }
    text.block("while let Some(tag) = reader.tag()?") { text in
      text.block("match tag") { text in
        for field in message.fields { emitArms(of: field, message, into: &text) }
        text.line("_ => reader.skip(tag)?,")
      }
    }
    text.line("Ok(())")
  }

  private func emitArms(of field: Schema.Field, _ message: Schema.Message, into text: inout SourceText) {
    let name = "self." + RustNames.field(field.name)
    let tag = field.number << 3 | field.type.wireType
    if let index = field.oneof {
      return emitArm(of: field, "self." + RustNames.field(message.oneofs[index].name), message, into: &text)
    }
    switch (field.cardinality, field.type) {
    case (.map(let key), let type):
      let keyTag = 1 << 3 | Schema.FieldType.scalar(key).wireType
      let (valueTag, read) = (2 << 3 | type.wireType, "Reader::\(key.rawValue)")
      let call =
        type.isMessage
        ? "message_entry(&mut \(name), \(keyTag), \(read), \(valueTag))"
        : "entry(&mut \(name), \(keyTag), \(read), \(valueTag), Reader::\(type.reading))"
      text.line("\(field.number << 3 | 2) => reader.\(call)?,")
    case (.repeated, .message): text.line("\(tag) => reader.push(&mut \(name))?,")
    case (.repeated, let type):
      text.line("\(tag) => \(name).push(reader.\(type.reading)()?),")
      guard type.wireType != 2 else { return }
      text.line("\(field.number << 3 | 2) => reader.packed(&mut \(name), Reader::\(type.reading))?,")
    case (_, .message): text.line("\(tag) => reader.optional(&mut \(name))?,")
    case (.explicit, let type): text.line("\(tag) => \(name) = Some(reader.\(type.reading)()?),")
    case (.implicit, let type): text.line("\(tag) => \(name) = reader.\(type.reading)()?,")
    }
  }

  /// A member of a oneof: a message is merged with what is held of the same member.
  private func emitArm(
    of field: Schema.Field, _ oneof: String, _ message: Schema.Message, into text: inout SourceText
  ) {
    let variant = variant(field, of: message)
    let tag = field.number << 3 | field.type.wireType
    guard field.type.isMessage else {
      return text.line("\(tag) => \(oneof) = Some(\(variant)(reader.\(field.type.reading)()?)),")
    }
    text.block("\(tag) =>") { text in
      text.block("let mut value = match \(oneof).take()", closing: ";") { text in
        text.line("Some(\(variant)(value)) => value,")
        text.line("_ => Default::default(),")
      }
      text.line("reader.message(&mut value)?;")
      text.line("\(oneof) = Some(\(variant)(value));")
    }
  }

  private func variant(_ field: Schema.Field, of message: Schema.Message) -> String {
    guard let index = field.oneof else { return "" }
    return "\(type(of: message.oneofs[index], in: message))::\(RustNames.variant(field))"
  }

  // MARK: Writing

  private func emitWrite(of field: Schema.Field, _ message: Schema.Message, into text: inout SourceText) {
    let name = "self." + RustNames.field(field.name)
    let tag = field.number << 3 | field.type.wireType
    switch field.cardinality {
    case .implicit:
      text.block("if \(field.type.rustPresence(name))") { text in
        text.line("writer.tag(\(tag));")
        let isReference = if case .scalar(let scalar) = field.type { scalar.isRustReference } else { false }
        text.line(field.type.writing(isReference ? "&" + name : name))
      }
    case .explicit:
      let held = field.oneof.map { "self." + RustNames.field(message.oneofs[$0].name) } ?? name
      let pattern = field.oneof == nil ? "Some(value)" : "Some(\(variant(field, of: message))(value))"
      text.block("if let \(pattern) = &\(held)") { text in
        text.line("writer.tag(\(tag));")
        text.line(field.type.writing(field.type.isRustReference ? "value" : "*value"))
      }
    case .repeated(let isPacked) where isPacked:
      text.block("if !\(name).is_empty()") { text in
        text.line("writer.tag(\(field.number << 3 | 2));")
        text.block("writer.delimited(|writer|", closing: ");") { text in
          text.block("for value in &\(name)") { $0.line(field.type.writing("*value")) }
        }
      }
    case .repeated:
      text.block("for value in &\(name)") { text in
        text.line("writer.tag(\(tag));")
        text.line(field.type.writing(field.type.isRustReference ? "value" : "*value"))
      }
    case .map(let key):
      text.block("for (key, value) in &\(name)") { text in
        text.line("writer.tag(\(field.number << 3 | 2));")
        text.block("writer.delimited(|writer|", closing: ");") { text in
          text.line("writer.tag(\(1 << 3 | Schema.FieldType.scalar(key).wireType));")
          text.line(Schema.FieldType.scalar(key).writing(key.isRustReference ? "key" : "*key"))
          text.line("writer.tag(\(2 << 3 | field.type.wireType));")
          text.line(field.type.writing(field.type.isRustReference ? "value" : "*value"))
        }
      }
    }
  }
}

extension Schema.FieldType {
  /// The method that reads a value.
  fileprivate var reading: String {
    switch self {
    case .scalar(let scalar): scalar.rawValue
    case .enumeration: "enumeration"
    case .message: "message"
    }
  }

  /// Whether a value is passed by reference.
  fileprivate var isRustReference: Bool {
    switch self {
    case .scalar(let scalar): scalar.isRustReference
    case .enumeration: false
    case .message: true
    }
  }

  fileprivate func writing(_ value: String) -> String {
    switch self {
    case .scalar(let scalar): "writer.\(scalar.rawValue)(\(value));"
    case .enumeration: "writer.enumeration(\(value));"
    case .message: "writer.message(\(value));"
    }
  }

  fileprivate func rustPresence(_ name: String) -> String {
    switch self {
    case .scalar(.string), .scalar(.bytes): "!\(name).is_empty()"
    case .scalar(.bool): name
    case .scalar(.double), .scalar(.float): "\(name).to_bits() != 0"
    case .scalar: "\(name) != 0"
    case .enumeration: "i32::from(\(name)) != 0"
    case .message: "\(name).is_some()"
    }
  }
}
