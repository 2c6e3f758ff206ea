extension SwiftEmitter {
  func emitEncode(of message: Schema.Message, into text: inout SourceText) {
    guard !message.fields.isEmpty else { return text.line("public func encode(into writer: inout WireWriter) {}") }
    text.block("public func encode(into writer: inout WireWriter)") { text in
      for run in SwiftEmitter.runs(of: message) {
        if let oneof = run[0].oneof, run.count == message.fields.count(where: { $0.oneof == oneof }) {
          emitSwitch(over: run, of: message.oneofs[oneof], into: &text)
        } else {
          for field in run { emitEncode(of: field, message, into: &text) }
        }
      }
    }
  }

  /// The fields in the order of their numbers, those of one oneof that follow each other together.
  private static func runs(of message: Schema.Message) -> [[Schema.Field]] {
    var runs: [[Schema.Field]] = []
    for field in message.fields.sorted(by: { $0.number < $1.number }) {
      if let oneof = field.oneof, runs.last?.last?.oneof == oneof {
        runs[runs.count - 1].append(field)
      } else {
        runs.append([field])
      }
    }
    return runs
  }

  /// All members of a oneof, which no other field lies between.
  private func emitSwitch(over fields: [Schema.Field], of oneof: Schema.Oneof, into text: inout SourceText) {
    text.line("switch \(SwiftNames.reference(oneof.name)) {")
    for field in fields {
      let head = "case .\(SwiftNames.property(field.name))(let value)?:"
      let arguments = [number(field)] + value(field.type, "value")
      let oneLine = "\(head) \(function(field.type))(\(arguments.joined(separator: ", ")))"
      if oneLine.count <= text.room {
        text.line(oneLine)
      } else {
        text.line(head)
        text.indented { $0.call(function(field.type), arguments) }
      }
    }
    text.line("case nil: break")
    text.line("}")
  }

  private func emitEncode(of field: Schema.Field, _ message: Schema.Message, into text: inout SourceText) {
    let name = SwiftNames.reference(field.name)
    let function = function(field.type)
    if let index = field.oneof {
      let oneof = SwiftNames.reference(message.oneofs[index].name)
      let head = "if case .\(SwiftNames.property(field.name))(let value)? = \(oneof)"
      text.guarded(head, function, [number(field)] + value(field.type, "value"))
      return
    }
    switch field.cardinality {
    case .implicit:
      text.guarded("if \(field.type.presence(name))", function, [number(field)] + value(field.type, name))
    case .explicit:
      let binding = name.hasPrefix("self.") ? "value = \(name)" : name
      let bound = name.hasPrefix("self.") ? "value" : name
      text.guarded("if let \(binding)", function, [number(field)] + value(field.type, bound))
    case .repeated(isPacked: true):
      let arguments = [number(field), "packed: \(name)", coding(field.type) + ".self"]
      text.guarded("if !\(name).isEmpty", "writer.field", arguments)
    case .repeated(isPacked: false):
      text.guarded("for value in \(name)", function, [number(field)] + value(field.type, "value"))
    case .map(let key):
      let codings = [coding(.scalar(key)) + ".self", coding(field.type) + ".self"]
      text.call("writer.field", [number(field), "map: \(name)"] + codings)
    }
  }

  private func number(_ field: Schema.Field) -> String {
    "Field.\(SwiftNames.property(field.name))"
  }

  /// The function of the writer that writes one value with its tag.
  private func function(_ type: Schema.FieldType) -> String {
    type.isMessage ? "writer.message" : "writer.field"
  }

  /// The arguments of that function behind the number.
  private func value(_ type: Schema.FieldType, _ name: String) -> [String] {
    switch type {
    case .message: return [name]
    case .enumeration: return ["signed: Int64(\(name).rawValue)"]
    case .scalar(let scalar):
      switch scalar {
      case .int32: return ["signed: Int64(\(name))"]
      case .int64: return ["signed: \(name)"]
      case .uint32: return ["varint: UInt64(\(name))"]
      case .uint64: return ["varint: \(name)"]
      case .sint32: return ["zigzag: Int64(\(name))"]
      case .sint64: return ["zigzag: \(name)"]
      case .fixed32: return ["fixed32: \(name)"]
      case .fixed64: return ["fixed64: \(name)"]
      case .sfixed32: return ["fixed32: UInt32(bitPattern: \(name))"]
      case .sfixed64: return ["fixed64: UInt64(bitPattern: \(name))"]
      case .float: return ["fixed32: \(name).bitPattern"]
      case .double: return ["fixed64: \(name).bitPattern"]
      case .bool: return ["bool: \(name)"]
      case .string: return ["string: \(name)"]
      case .bytes: return ["bytes: \(name)"]
      }
    }
  }
}

extension Schema.FieldType {
  /// The condition that a value without presence is not at its default.
  fileprivate func presence(_ name: String) -> String {
    switch self {
    case .enumeration: return "\(name).rawValue != 0"
    case .message: return "\(name) != nil"
    case .scalar(let scalar):
      switch scalar {
      // Negative zero is not the default.
      case .float, .double: return "\(name).bitPattern != 0"
      case .bool: return name
      case .string, .bytes: return "!\(name).isEmpty"
      case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64:
        return "\(name) != 0"
      }
    }
  }
}
