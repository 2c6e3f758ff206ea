extension SwiftEmitter {
  func emit(_ message: Schema.Message, into text: inout SourceText) {
    text.emptyLine()
    SwiftEmitter.emit(message.comments, into: &text)
    text.block("public struct \(SwiftNames.typeName(message.name)): NamedMessage") { text in
      emitProperties(of: message, into: &text)
      text.emptyLine()
      text.line("public init() {}")
      text.emptyLine()
      text.line("public static var protoName: String { \"\(message.fullName)\" }")
      text.emptyLine()
      emitMerge(of: message, into: &text)
      text.emptyLine()
      emitEncode(of: message, into: &text)
      emitNumbers(of: message, into: &text)
      for index in message.oneofs.indices { emitOneof(index, of: message, into: &text) }
      for enumeration in message.enums { emit(enumeration, into: &text) }
      for nested in message.messages { emit(nested, into: &text) }
    }
    text.emptyLine()
  }

  // MARK: Properties

  /// A oneof stands where its first field was declared.
  private func emitProperties(of message: Schema.Message, into text: inout SourceText) {
    var emitted: Set<Int> = []
    for field in message.fields {
      if let index = field.oneof {
        guard emitted.insert(index).inserted else { continue }
        let oneof = message.oneofs[index]
        SwiftEmitter.emit(oneof.comments, into: &text)
        text.line("public var \(SwiftNames.property(oneof.name)): \(SwiftNames.oneofType(oneof, of: message))?")
      } else {
        SwiftEmitter.emit(field.comments, into: &text)
        if field.isRecursive { text.line("@WireBoxed") }
        text.line("public var \(SwiftNames.property(field.name)): \(declaration(of: field))")
      }
    }
  }

  /// The type of a field's property and its initial value.
  private func declaration(of field: Schema.Field) -> String {
    let element = elementType(field.type)
    switch field.cardinality {
    case .explicit: return element + "?"
    case .repeated: return "[\(element)] = []"
    case .map(let key): return "WireMap<\(elementType(.scalar(key))), \(element)> = [:]"
    case .implicit:
      switch field.type {
      case .scalar(let scalar): return "\(element) = \(scalar.swiftDefault)"
      case .enumeration(let name): return "\(element) = .\(names.zero(name))"
      case .message: return element + "?"
      }
    }
  }

  func elementType(_ type: Schema.FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.swiftType
    case .message(let name), .enumeration(let name): names.type(name)
    }
  }

  /// The type that tells how values are read and written.
  func coding(_ type: Schema.FieldType) -> String {
    switch type {
    case .scalar(let scalar): scalar.swiftCoding
    case .message(let name): "MessageCoding<\(names.type(name))>"
    case .enumeration(let name): "EnumCoding<\(names.type(name))>"
    }
  }

  // MARK: Further types

  private func emitNumbers(of message: Schema.Message, into text: inout SourceText) {
    guard !message.fields.isEmpty else { return }
    text.emptyLine()
    text.line("/// The numbers of the fields.")
    text.block("public enum Field") { text in
      for field in message.fields {
        text.line("@inlinable public static var \(SwiftNames.property(field.name)): UInt32 { \(field.number) }")
      }
    }
  }

  private func emitOneof(_ index: Int, of message: Schema.Message, into text: inout SourceText) {
    let oneof = message.oneofs[index]
    text.emptyLine()
    SwiftEmitter.emit(oneof.comments, into: &text)
    text.block("public enum \(SwiftNames.oneofType(oneof, of: message)): Sendable, Equatable") { text in
      for field in message.fields where field.oneof == index {
        SwiftEmitter.emit(field.comments, into: &text)
        let indirect = field.isRecursive ? "indirect " : ""
        text.line("\(indirect)case \(SwiftNames.property(field.name))(\(elementType(field.type)))")
      }
    }
  }
}

extension Schema.Scalar {
  var swiftType: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "[UInt8]"
    }
  }

  var swiftDefault: String {
    switch self {
    case .bool: "false"
    case .string: "\"\""
    case .bytes: "[]"
    case .double, .float, .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32, .sfixed64:
      "0"
    }
  }

  var swiftCoding: String {
    switch self {
    case .double: "DoubleCoding"
    case .float: "FloatCoding"
    case .int32: "Int32Coding"
    case .int64: "Int64Coding"
    case .uint32: "UInt32Coding"
    case .uint64: "UInt64Coding"
    case .sint32: "SInt32Coding"
    case .sint64: "SInt64Coding"
    case .fixed32: "Fixed32Coding"
    case .fixed64: "Fixed64Coding"
    case .sfixed32: "SFixed32Coding"
    case .sfixed64: "SFixed64Coding"
    case .bool: "BoolCoding"
    case .string: "StringCoding"
    case .bytes: "BytesCoding"
    }
  }
}
