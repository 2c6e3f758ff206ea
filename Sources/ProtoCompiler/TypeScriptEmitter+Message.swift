extension TypeScriptEmitter {
  func emit(_ message: Schema.Message, in package: String, into text: inout SourceText) {
    text.block("export class \(names[message.fullName].type) extends Message") { text in
      text.line("static fullName = \"\(message.fullName)\";")
      text.line("static fields = [")
      text.indented { text in
        for field in message.fields { text.line(description(of: field, in: message, package) + ",") }
      }
      text.line("];")
      text.emptyLine()
      text.block("constructor(init)") { text in
        text.line("super();")
        for field in message.fields {
          text.line("this.\(TypeScriptNames.property(field.name)) = \(initial(field));")
        }
        text.line("if (init !== undefined) this.assign(init);")
      }
    }
  }

  private func description(of field: Schema.Field, in message: Schema.Message, _ package: String) -> String {
    var parts = ["name: \"\(TypeScriptNames.property(field.name))\"", "number: \(field.number)"]
    switch field.type {
    case .scalar(let scalar): parts.append("type: \"\(scalar.rawValue)\"")
    case .message(let name): parts += ["type: \"message\"", "of: () => \(type(name, in: package))"]
    case .enumeration: parts.append("type: \"enum\"")
    }
    switch field.cardinality {
    case .implicit: parts.append("shape: \"single\"")
    case .explicit: parts.append("shape: \"optional\"")
    case .repeated(let isPacked): parts.append(isPacked ? "shape: \"packed\"" : "shape: \"repeated\"")
    case .map(let key): parts += ["shape: \"map\"", "key: \"\(key.rawValue)\""]
    }
    if let index = field.oneof { parts.append("oneof: \"\(message.oneofs[index].name)\"") }
    return "{ \(parts.joined(separator: ", ")) }"
  }

  private func initial(_ field: Schema.Field) -> String {
    switch field.cardinality {
    case .explicit: "undefined"
    case .repeated: "[]"
    case .map: "new Map()"
    case .implicit:
      switch field.type {
      case .scalar(let scalar): scalar.typeScriptDefault
      case .enumeration: "0"
      case .message: "undefined"
      }
    }
  }

  // MARK: Declarations

  func emitDeclaration(of enumeration: Schema.Enumeration, into text: inout SourceText) {
    text.emptyLine()
    TypeScriptEmitter.emit(comment: enumeration.comments.text, into: &text)
    text.block("export declare enum \(names[enumeration.fullName].type)") { text in
      for value in enumeration.values {
        TypeScriptEmitter.emit(comment: value.comments.text, into: &text)
        text.line("\(TypeScriptNames.member(value, of: enumeration)) = \(value.number),")
      }
    }
  }

  func emitDeclaration(of message: Schema.Message, in package: String, into text: inout SourceText) {
    let name = names[message.fullName].type
    text.emptyLine()
    TypeScriptEmitter.emit(comment: message.comments.text, into: &text)
    text.block("export declare class \(name) extends Message") { text in
      text.line("static readonly fullName: string;")
      text.line("/** Reads a message; throws `WireError` when the bytes are none. */")
      text.line("static decode(bytes: Uint8Array): \(name);")
      text.line("constructor(init?: Init<\(name)>);")
      for field in message.fields {
        TypeScriptEmitter.emit(comment: comment(of: field, in: message), into: &text)
        text.line("\(TypeScriptNames.property(field.name)): \(held(field, in: package));")
      }
    }
  }

  private func comment(of field: Schema.Field, in message: Schema.Message) -> String {
    guard let index = field.oneof else { return field.comments.text }
    let oneof = "At most one of the fields of `\(message.oneofs[index].name)` is set."
    return field.comments.text.isEmpty ? oneof : field.comments.text + "\n\n" + oneof
  }

  private func held(_ field: Schema.Field, in package: String) -> String {
    let element =
      switch field.type {
      case .scalar(let scalar): scalar.typeScriptType
      case .message(let name), .enumeration(let name): type(name, in: package)
      }
    return switch field.cardinality {
    case .implicit: element
    case .explicit: element + " | undefined"
    case .repeated: element + "[]"
    case .map(let key): "Map<\(key.typeScriptType), \(element)>"
    }
  }
}

extension Schema.Scalar {
  var typeScriptType: String {
    switch self {
    case .double, .float, .int32, .uint32, .sint32, .fixed32, .sfixed32: "number"
    case .int64, .uint64, .sint64, .fixed64, .sfixed64: "bigint"
    case .bool: "boolean"
    case .string: "string"
    case .bytes: "Uint8Array"
    }
  }

  var typeScriptDefault: String {
    switch self {
    case .double, .float, .int32, .uint32, .sint32, .fixed32, .sfixed32: "0"
    case .int64, .uint64, .sint64, .fixed64, .sfixed64: "0n"
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "new Uint8Array(0)"
    }
  }
}
