/// Every name that the files define, by its full name.
struct SymbolTable {
  enum Kind: String {
    case package
    case message
    case enumeration = "enum"
    case value = "value of an enum"
    case field
    case oneof
    case service
    case method

    /// Whether other names can be within it.
    var isScope: Bool {
      switch self {
      case .package, .message, .enumeration, .service: true
      case .value, .field, .oneof, .method: false
      }
    }

    var isType: Bool { self == .message || self == .enumeration }
  }

  struct Symbol {
    var kind: Kind
    var fullName: String
    var location: SourceLocation
  }

  private var symbols: [String: Symbol] = [:]
  /// Which files are in each package or in one below it.
  private var packageFiles: [String: Set<String>] = [:]

  // MARK: Defining

  mutating func define(_ kind: Kind, _ name: NameSyntax, in scope: String) throws(ProtoError) {
    let fullName = SymbolTable.join(scope, name.text)
    if let other = symbols[fullName] {
      throw ProtoError(name.location, "'\(fullName)' is defined at \(other.location) as a \(other.kind.rawValue)")
    }
    symbols[fullName] = Symbol(kind: kind, fullName: fullName, location: name.location)
  }

  /// A package and those above it: each may be named by any number of files.
  mutating func definePackage(_ name: NameSyntax, file: String) throws(ProtoError) {
    var prefix = ""
    for part in name.text.split(separator: ".") {
      prefix = SymbolTable.join(prefix, String(part))
      packageFiles[prefix, default: []].insert(file)
      if let other = symbols[prefix] {
        guard other.kind == .package else {
          throw ProtoError(name.location, "'\(prefix)' is defined at \(other.location) as a \(other.kind.rawValue)")
        }
      } else {
        symbols[prefix] = Symbol(kind: .package, fullName: prefix, location: name.location)
      }
    }
  }

  static func join(_ scope: String, _ name: String) -> String {
    scope.isEmpty ? name : scope + "." + name
  }

  // MARK: Resolving

  /// The message or enum that `name` means within `scope`: looked for in the innermost scope first.
  func resolveType(
    _ name: NameSyntax,
    in scope: String,
    visible files: Set<String>
  ) throws(ProtoError) -> Symbol {
    if name.text.hasPrefix(".") {
      return try visibleType(String(name.text.dropFirst()), name, files)
    }
    let first = String(name.text.prefix { $0 != "." })
    let isDotted = first != name.text
    var scopes = scope.split(separator: ".").map(String.init)
    while true {
      let enclosing = scopes.joined(separator: ".")
      if let found = symbols[SymbolTable.join(enclosing, first)], isVisible(found, files),
        isDotted ? found.kind.isScope : found.kind.isType
      {
        return try visibleType(SymbolTable.join(enclosing, name.text), name, files)
      }
      guard scopes.popLast() != nil else { break }
    }
    return try visibleType(name.text, name, files)
  }

  private func visibleType(
    _ fullName: String,
    _ name: NameSyntax,
    _ files: Set<String>
  ) throws(ProtoError) -> Symbol {
    guard let symbol = symbols[fullName] else {
      let meaning = fullName == name.text || "." + fullName == name.text ? "" : ", which means '\(fullName)' here,"
      throw ProtoError(name.location, "'\(name.text)'\(meaning) is not defined")
    }
    guard isVisible(symbol, files) else {
      let file = symbol.location.file
      throw ProtoError(name.location, "'\(name.text)' is defined in '\(file)', which is not imported")
    }
    guard symbol.kind.isType else {
      throw ProtoError(name.location, "'\(name.text)' is a \(symbol.kind.rawValue), not a message or an enum")
    }
    return symbol
  }

  private func isVisible(_ symbol: Symbol, _ files: Set<String>) -> Bool {
    guard symbol.kind == .package else { return files.contains(symbol.location.file) }
    return packageFiles[symbol.fullName].map { !$0.isDisjoint(with: files) } ?? false
  }
}
