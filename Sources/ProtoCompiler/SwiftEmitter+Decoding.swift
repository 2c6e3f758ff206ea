extension SwiftEmitter {
  func emitMerge(of message: Schema.Message, into text: inout SourceText) {
    text.block("public mutating func merge(from reader: inout WireReader) throws(WireError)") { text in
      guard !message.fields.isEmpty else { return text.line("try reader.skipUnknownFields()") }
      text.block("while let tag = try reader.nextTag()") { text in
        text.line("switch tag.rawValue {")
        for field in message.fields.sorted(by: { $0.number < $1.number }) {
          emitCases(of: field, message, into: &text)
        }
        text.line("default: try reader.skip(tag)")
        text.line("}")
      }
    }
  }

  /// A tag with the field's number and another wire type is no case: it falls to the default.
  private func emitCases(of field: Schema.Field, _ message: Schema.Message, into text: inout SourceText) {
    let tag = field.number << 3 | field.type.wireType
    let packedTag = field.number << 3 | 2
    let name = SwiftNames.reference(field.name)
    let value = "try reader.\(field.type.readerFunction)()"
    let isMessage = field.type.isMessage
    if let index = field.oneof {
      let oneof = SwiftNames.reference(message.oneofs[index].name)
      emitMember(field, of: oneof, tag: tag, into: &text)
      return
    }
    switch field.cardinality {
    case .implicit, .explicit:
      emitCase(
        tag, isMessage ? "try reader.merge" : nil, isMessage ? ["into: &\(name)"] : ["\(name) = \(value)"], &text)
    case .repeated:
      if isMessage {
        emitCase(tag, "try reader.append", ["to: &\(name)"], &text)
      } else {
        emitCase(tag, "\(name).append", [value], &text)
      }
      if field.type.isPackable {
        emitCase(packedTag, "try reader.appendPacked", ["to: &\(name)", coding(field.type) + ".self"], &text)
      }
    case .map(let key):
      let codings = [coding(.scalar(key)) + ".self", coding(field.type) + ".self"]
      emitCase(packedTag, "try reader.insertEntry", ["into: &\(name)"] + codings, &text)
    }
  }

  /// One case: a call, or without a function the one statement that the arguments consist of.
  private func emitCase(_ tag: Int, _ function: String?, _ arguments: [String], _ text: inout SourceText) {
    let list = arguments.joined(separator: ", ")
    let statement = function.map { "\($0)(\(list))" } ?? list
    let oneLine = "case \(tag): \(statement)"
    if oneLine.count <= text.room {
      text.line(oneLine)
    } else {
      text.line("case \(tag):")
      text.indented { text in
        if let function { text.call(function, arguments) } else { text.line(statement) }
      }
    }
  }

  /// The member of a oneof; a message merges when the oneof holds the same member.
  private func emitMember(_ field: Schema.Field, of oneof: String, tag: Int, into text: inout SourceText) {
    let member = SwiftNames.property(field.name)
    guard field.type.isMessage else {
      emitCase(tag, nil, ["\(oneof) = .\(member)(try reader.\(field.type.readerFunction)())"], &text)
      return
    }
    text.line("case \(tag):")
    text.indented { text in
      text.line("var value = \(elementType(field.type))()")
      text.line("if case .\(member)(let present)? = \(oneof) { value = present }")
      text.line("try reader.merge(into: &value)")
      text.line("\(oneof) = .\(member)(value)")
    }
  }
}

extension Schema.FieldType {
  var isMessage: Bool {
    switch self {
    case .message: true
    case .scalar, .enumeration: false
    }
  }

  var isPackable: Bool {
    switch self {
    case .scalar(let scalar): scalar.isPackable
    case .enumeration: true
    case .message: false
    }
  }

  /// How one value lies on the wire.
  var wireType: Int {
    switch self {
    case .enumeration: return 0
    case .message: return 2
    case .scalar(let scalar):
      switch scalar {
      case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool: return 0
      case .fixed64, .sfixed64, .double: return 1
      case .string, .bytes: return 2
      case .fixed32, .sfixed32, .float: return 5
      }
    }
  }

  /// The function of the reader that reads one value that is not a message.
  fileprivate var readerFunction: String {
    switch self {
    case .scalar(let scalar): scalar.rawValue
    case .enumeration: "enumeration"
    case .message: "merge"
    }
  }
}
