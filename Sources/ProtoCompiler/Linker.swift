/// Makes a schema of parsed files: resolves names and checks the rules that go beyond the grammar.
struct Linker {
  private let files: [FileSyntax]
  private var symbols = SymbolTable()
  /// Which files each file sees.
  private var visible: [String: Set<String>] = [:]

  /// - Parameter files: each behind those that it imports.
  init(_ files: [FileSyntax]) throws(ProtoError) {
    self.files = files
    for file in files { try define(file) }
    findVisible()
  }

  func schema() throws(ProtoError) -> Schema {
    var schema = Schema()
    for file in files { schema.files.append(try self.file(file)) }
    schema.markRecursiveFields()
    return schema
  }

  // MARK: Names

  private mutating func define(_ file: FileSyntax) throws(ProtoError) {
    let package = file.package?.text ?? ""
    if let name = file.package { try symbols.definePackage(name, file: file.path) }
    for message in file.messages { try define(message, in: package) }
    for enumeration in file.enums { try define(enumeration, in: package) }
    for service in file.services {
      try symbols.define(.service, service.name, in: package)
      let scope = SymbolTable.join(package, service.name.text)
      for method in service.methods { try symbols.define(.method, method.name, in: scope) }
    }
  }

  private mutating func define(_ message: MessageSyntax, in scope: String) throws(ProtoError) {
    try symbols.define(.message, message.name, in: scope)
    let inner = SymbolTable.join(scope, message.name.text)
    for field in message.fields { try symbols.define(.field, field.name, in: inner) }
    for oneof in message.oneofs { try symbols.define(.oneof, oneof.name, in: inner) }
    for nested in message.messages { try define(nested, in: inner) }
    for enumeration in message.enums { try define(enumeration, in: inner) }
  }

  /// The values of an enum are names beside the enum, not within it.
  private mutating func define(_ enumeration: EnumSyntax, in scope: String) throws(ProtoError) {
    try symbols.define(.enumeration, enumeration.name, in: scope)
    for value in enumeration.values { try symbols.define(.value, value.name, in: scope) }
  }

  /// A file sees itself, what it imports, and what those import publicly, and so on.
  private mutating func findVisible() {
    var exported: [String: Set<String>] = [:]
    for file in files {
      var own: Set<String> = [file.path]
      var seen: Set<String> = [file.path]
      for line in file.imports {
        let through = exported[line.path] ?? []
        seen.formUnion(through)
        if line.isPublic { own.formUnion(through) }
      }
      exported[file.path] = own
      visible[file.path] = seen
    }
  }

  private func resolve(_ name: NameSyntax, in scope: String, of file: String) throws(ProtoError) -> Schema.FieldType {
    let symbol = try symbols.resolveType(name, in: scope, visible: visible[file] ?? [])
    return symbol.kind == .message ? .message(symbol.fullName) : .enumeration(symbol.fullName)
  }

  // MARK: Files and messages

  private func file(_ file: FileSyntax) throws(ProtoError) -> Schema.File {
    let package = file.package?.text ?? ""
    var result = Schema.File(
      path: file.path,
      package: package,
      comments: file.comments,
      messages: [],
      enums: [],
      services: []
    )
    for message in file.messages { result.messages.append(try self.message(message, in: package)) }
    for enumeration in file.enums { result.enums.append(try self.enumeration(enumeration, in: package)) }
    for service in file.services { result.services.append(try self.service(service, in: package)) }
    return result
  }

  private func message(_ message: MessageSyntax, in scope: String) throws(ProtoError) -> Schema.Message {
    try message.check()
    let fullName = SymbolTable.join(scope, message.name.text)
    var result = Schema.Message(
      name: message.name.text,
      fullName: fullName,
      comments: message.comments,
      fields: [],
      oneofs: message.oneofs.map { Schema.Oneof(name: $0.name.text, comments: $0.comments) },
      messages: [],
      enums: []
    )
    for field in message.fields { result.fields.append(try self.field(field, in: fullName)) }
    for nested in message.messages { result.messages.append(try self.message(nested, in: fullName)) }
    for enumeration in message.enums { result.enums.append(try self.enumeration(enumeration, in: fullName)) }
    return result
  }

  // MARK: Fields

  private func field(_ field: FieldSyntax, in scope: String) throws(ProtoError) -> Schema.Field {
    let type: Schema.FieldType
    let cardinality: Schema.Cardinality
    switch field.type {
    case .named(let name):
      type = try fieldType(name, in: scope)
      cardinality = try self.cardinality(of: field, type: type)
    case .map(let key, let value):
      guard let scalar = Schema.Scalar(rawValue: key.text), scalar.isMapKey else {
        throw ProtoError(key.location, "the keys of a map are integers, 'bool' or 'string', not '\(key.text)'")
      }
      type = try fieldType(value, in: scope)
      cardinality = .map(key: scalar)
      try field.check(isPackable: false)
    }
    return Schema.Field(
      name: field.name.text,
      number: Int(field.number.value),
      type: type,
      cardinality: cardinality,
      oneof: field.oneof,
      comments: field.comments
    )
  }

  private func fieldType(_ name: NameSyntax, in scope: String) throws(ProtoError) -> Schema.FieldType {
    if let scalar = Schema.Scalar(rawValue: name.text) { return .scalar(scalar) }
    return try resolve(name, in: scope, of: name.location.file)
  }

  private func cardinality(
    of field: FieldSyntax,
    type: Schema.FieldType
  ) throws(ProtoError) -> Schema.Cardinality {
    var isPackable = false
    var isMessage = false
    switch type {
    case .scalar(let scalar): isPackable = scalar.isPackable
    case .enumeration: isPackable = true
    case .message: isMessage = true
    }
    let packed = try field.check(isPackable: isPackable && field.label == .repeated)
    switch field.label {
    case .repeated: return .repeated(isPacked: packed ?? isPackable)
    case .optional: return .explicit
    case .none: return isMessage || field.oneof != nil ? .explicit : .implicit
    }
  }

  // MARK: Enums and services

  private func enumeration(_ enumeration: EnumSyntax, in scope: String) throws(ProtoError) -> Schema.Enumeration {
    let prefix = Naming.valuePrefix(of: enumeration.name.text, values: enumeration.values.map(\.name.text))
    try enumeration.check(prefix: prefix)
    return Schema.Enumeration(
      name: enumeration.name.text,
      fullName: SymbolTable.join(scope, enumeration.name.text),
      comments: enumeration.comments,
      values: enumeration.values.map {
        Schema.Enumeration.Value(
          name: $0.name.text,
          number: Int32(truncatingIfNeeded: $0.number.value),
          comments: $0.comments
        )
      },
      valuePrefix: prefix
    )
  }

  private func service(_ service: ServiceSyntax, in scope: String) throws(ProtoError) -> Schema.Service {
    let fullName = SymbolTable.join(scope, service.name.text)
    var methods: [Schema.Method] = []
    for method in service.methods {
      methods.append(
        Schema.Method(
          name: method.name.text,
          comments: method.comments,
          request: try parameter(method.request, in: fullName),
          isClientStreaming: method.isClientStreaming,
          response: try parameter(method.response, in: fullName),
          isServerStreaming: method.isServerStreaming,
          idempotency: try method.idempotency()
        )
      )
    }
    return Schema.Service(
      name: service.name.text,
      fullName: fullName,
      comments: service.comments,
      methods: methods
    )
  }

  private func parameter(_ name: NameSyntax, in scope: String) throws(ProtoError) -> String {
    guard case .message(let fullName) = try resolve(name, in: scope, of: name.location.file) else {
      throw ProtoError(name.location, "'\(name.text)' is an enum, not a message")
    }
    return fullName
  }
}
