/// What the names of a schema are in Rust.
enum RustNames {
  private static let keywords: Set<String> = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
  ]
  /// Names that not even `r#` makes usable.
  private static let reserved: Set<String> = ["crate", "self", "super", "Self", "_"]
  /// What a client and a service have beside the generated methods.
  private static let takenMethods: Set<String> = ["builder", "close", "new", "watch", "with"]

  /// Types that a module of messages uses by these names.
  private static let takenTypes: Set<String> = [
    "BTreeMap", "Box", "Default", "Err", "From", "Message", "None", "Ok", "Option", "Reader", "Result", "Self", "Some",
    "String", "Vec", "WireError", "Writer",
  ]

  /// A message's or enum's.
  static func type(_ name: String) -> String {
    takenTypes.contains(name) ? name + "_" : name
  }

  /// "gatehouse.v1" to "gatehouse_v1".
  static func module(_ package: String) -> String {
    word(package.split(separator: ".").joined(separator: "_").lowercased())
  }

  /// "externalId" and "external_id" to "external_id".
  static func field(_ name: String) -> String {
    word(name.contains { $0.isUppercase } ? Naming.constantCase(name).lowercased() : name)
  }

  /// "GetCustomer" to "get_customer".
  static func method(_ name: String) -> String {
    let name = field(name)
    return name == "with" ? name + "_" : name
  }

  /// What a client's method is called that gives a service.
  static func service(_ words: String) -> String {
    takenMethods.contains(words) ? words + "_" : word(words)
  }

  /// "NOT_SERVING" to "NotServing".
  static func variant(_ value: Schema.Enumeration.Value, of enumeration: Schema.Enumeration) -> String {
    let name = Naming.upperCamelCase(String(value.name.dropFirst(enumeration.valuePrefix.count)).lowercased())
    return name == "Self" || name == unrecognized ? name + "_" : name
  }

  /// What a number without a name is called.
  static let unrecognized = "Unrecognized"

  /// A member of a oneof: "go_away" to "GoAway".
  static func variant(_ field: Schema.Field) -> String {
    let name = Naming.upperCamelCase(field.name)
    return name == "Self" ? name + "_" : name
  }

  private static func word(_ name: String) -> String {
    if reserved.contains(name) { return name + "_" }
    return keywords.contains(name) ? "r#" + name : name
  }
}

extension Schema.Scalar {
  var rustType: String {
    switch self {
    case .double: "f64"
    case .float: "f32"
    case .int32, .sint32, .sfixed32: "i32"
    case .int64, .sint64, .sfixed64: "i64"
    case .uint32, .fixed32: "u32"
    case .uint64, .fixed64: "u64"
    case .bool: "bool"
    case .string: "String"
    case .bytes: "Vec<u8>"
    }
  }

  /// Whether a value lies elsewhere, and is passed by reference.
  var isRustReference: Bool { self == .string || self == .bytes }
}
