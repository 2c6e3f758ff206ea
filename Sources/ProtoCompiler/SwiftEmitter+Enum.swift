extension SwiftEmitter {
  func emit(_ enumeration: Schema.Enumeration, into text: inout SourceText) {
    let name = SwiftNames.typeName(enumeration.name)
    text.emptyLine()
    SwiftEmitter.emit(enumeration.comments, into: &text)
    text.block("public struct \(name): WireEnum") { text in
      for value in enumeration.values {
        SwiftEmitter.emit(value.comments, into: &text)
        text.line("@inlinable")
        text.line("public static var \(member(value, enumeration)): \(name) { \(name)(rawValue: \(value.number)) }")
        text.emptyLine()
      }
      text.line("public static let allCases: [\(name)] = [")
      text.indented { text in
        for value in enumeration.values { text.line(".\(member(value, enumeration)),") }
      }
      text.line("]")
      text.emptyLine()
      text.line("public static var namePrefix: String { \"\(enumeration.valuePrefix)\" }")
      text.emptyLine()
      text.line("public var rawValue: Int32")
      text.emptyLine()
      text.line("@inlinable")
      text.block("public init(rawValue: Int32)") { $0.line("self.rawValue = rawValue") }
      text.emptyLine()
      text.block("public var shortName: String") { text in
        text.line("switch rawValue {")
        for value in enumeration.values {
          text.line("case \(value.number): \"\(value.name.dropFirst(enumeration.valuePrefix.count))\"")
        }
        text.line("default: String(rawValue)")
        text.line("}")
      }
    }
    text.emptyLine()
  }

  private func member(_ value: Schema.Enumeration.Value, _ enumeration: Schema.Enumeration) -> String {
    SwiftNames.member(value, of: enumeration)
  }
}
