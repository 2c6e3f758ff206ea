/// The names of types where messages within messages are not nested: in a package each has one name, made of its own
/// and those that it lies in. "google.rpc.BadRequest.FieldViolation" is `BadRequestFieldViolation` of `google.rpc`.
struct FlatNames {
  struct Name {
    var package: String
    var type: String
  }

  private var names: [String: Name] = [:]
  let messages: [String: Schema.Message]
  let enums: [String: Schema.Enumeration]

  init(_ schema: Schema) throws(ProtoError) {
    messages = schema.messagesByName
    enums = schema.enumsByName
    var taken: [String: String] = [:]
    for file in schema.files {
      for fullName in FlatNames.types(in: file) {
        let own = file.package.isEmpty ? fullName : String(fullName.dropFirst(file.package.count + 1))
        let name = Name(package: file.package, type: Naming.upperCamelCase(own))
        let key = name.package + "/" + name.type
        if let other = taken.updateValue(fullName, forKey: key) {
          throw ProtoError(
            SourceLocation(file: file.path, line: 1, column: 1),
            "'\(fullName)' and '\(other)' have one name in the clients: \(name.type)")
        }
        names[fullName] = name
      }
    }
  }

  private static func types(in file: Schema.File) -> [String] {
    func types(in message: Schema.Message) -> [String] {
      [message.fullName] + message.enums.map(\.fullName) + message.messages.flatMap(types)
    }
    return file.enums.map(\.fullName) + file.messages.flatMap(types)
  }

  /// By the full name of a message or enum of the schema.
  subscript(_ fullName: String) -> Name {
    names[fullName] ?? Name(package: "", type: fullName)
  }

  /// The messages of a file, those within others behind them.
  static func messages(of file: Schema.File) -> [Schema.Message] {
    func all(_ message: Schema.Message) -> [Schema.Message] { [message] + message.messages.flatMap(all) }
    return file.messages.flatMap(all)
  }

  /// The enums of a file, those of messages behind the others.
  static func enums(of file: Schema.File) -> [Schema.Enumeration] {
    file.enums + messages(of: file).flatMap(\.enums)
  }
}

extension Schema {
  /// The packages in the order of their names, each with its files.
  var packages: [(name: String, files: [File])] {
    Dictionary(grouping: files, by: \.package).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The services with their names in clients: without "Service" at the end, one word a part, "customer".
  var namedServices: [(words: String, service: Service)] {
    files.sorted { $0.path < $1.path }.flatMap(\.services).map { service in
      let name =
        service.name.hasSuffix("Service") && service.name != "Service" ? String(service.name.dropLast(7)) : service.name
      return (Naming.constantCase(name).lowercased(), service)
    }
  }
}

extension Schema.Message {
  /// Whether a request carries a key by which the server knows a call that it has answered before.
  var hasIdempotencyKey: Bool {
    fields.contains { $0.name == "idempotency_key" && $0.type == .scalar(.string) && $0.cardinality == .implicit }
  }
}
