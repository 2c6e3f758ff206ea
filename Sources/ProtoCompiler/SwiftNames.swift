/// What the names of a schema are in Swift.
struct SwiftNames {
  /// The Swift type of each message and enum, by its full name: "GatehouseV1.Customer".
  private var types: [String: String] = [:]

  /// The member with number 0 of each enum, by its full name.
  private var zeros: [String: String] = [:]

  init(_ schema: Schema) {
    for file in schema.files {
      let namespace = SwiftNames.namespace(of: file.package)
      for message in file.messages { add(message, to: namespace) }
      for enumeration in file.enums { add(enumeration, to: namespace) }
    }
  }

  private mutating func add(_ message: Schema.Message, to scope: String) {
    let type = scope + "." + SwiftNames.typeName(message.name)
    types[message.fullName] = type
    for nested in message.messages { add(nested, to: type) }
    for enumeration in message.enums { add(enumeration, to: type) }
  }

  private mutating func add(_ enumeration: Schema.Enumeration, to scope: String) {
    types[enumeration.fullName] = scope + "." + SwiftNames.typeName(enumeration.name)
    zeros[enumeration.fullName] = enumeration.values.first.map { SwiftNames.member($0, of: enumeration) }
  }

  /// By the full name of a message or enum of the schema.
  func type(_ fullName: String) -> String {
    types[fullName] ?? fullName
  }

  /// The member that a field of the enum has at first.
  func zero(_ fullName: String) -> String {
    zeros[fullName] ?? "init()"
  }

  /// "gatehouse.v1" to "GatehouseV1".
  static func namespace(of package: String) -> String {
    Naming.upperCamelCase(package)
  }

  // MARK: Words that Swift or the generated code uses itself

  /// What no type can be called, even within backticks, or what each message has a type of already.
  private static let takenTypes: Set<String> = ["Type", "Protocol", "Self", "Field"]
  /// What types can be called within backticks.
  private static let quotedTypes: Set<String> = ["Any"]

  static func typeName(_ name: String) -> String {
    let name = Naming.upperCamelCase(name)
    if takenTypes.contains(name) { return name + "Message" }
    return quotedTypes.contains(name) ? "`\(name)`" : name
  }

  /// Static members that a name of an enum's value would hide.
  private static let takenMembers: Set<String> = ["self", "init", "allCases", "namePrefix"]
  private static let keywords: Set<String> = [
    "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "else",
    "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "inout",
    "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat",
    "rethrows",
    "return", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while",
  ]

  private static func quoted(_ name: String) -> String {
    keywords.contains(name) ? "`\(name)`" : name
  }

  /// The property of a field or oneof.
  static func property(_ name: String) -> String {
    let name = Naming.lowerCamelCase(name)
    return name == "self" || name == "init" ? name + "Field" : quoted(name)
  }

  /// The property as the generated functions name it: their own names go first.
  static func reference(_ name: String) -> String {
    let name = property(name)
    return ["reader", "writer", "tag", "value"].contains(name) ? "self." + name : name
  }

  /// The member of an enum's value.
  static func member(_ value: Schema.Enumeration.Value, of enumeration: Schema.Enumeration) -> String {
    let name = Naming.lowerCamelCase(constant: String(value.name.dropFirst(enumeration.valuePrefix.count)))
    return takenMembers.contains(name) ? name + "Value" : quoted(name)
  }

  /// The enum of a oneof.
  static func oneofType(_ oneof: Schema.Oneof, of message: Schema.Message) -> String {
    let name = typeName(oneof.name)
    let nested = message.messages.map(\.name) + message.enums.map(\.name)
    return nested.contains { typeName($0) == name } ? name + "Oneof" : name
  }
}
