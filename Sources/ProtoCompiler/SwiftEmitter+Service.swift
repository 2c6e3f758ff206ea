extension SwiftEmitter {
  /// A method with what the emitter says of it.
  struct Entry {
    var member: String
    var service: String
    var method: Schema.Method
    var hasIdempotencyKey: Bool
    var path: String { service + "/" + method.name }
  }

  var entries: [Entry] {
    let services = schema.files.sorted { $0.path < $1.path }.flatMap { file in file.services.map { (file, $0) } }
    let messages = schema.messagesByName
    return services.flatMap { file, service in
      let isAlone = services.count(where: { $0.1.name == service.name }) == 1
      let prefix = isAlone ? service.name : SwiftNames.namespace(of: file.package) + service.name
      return service.methods.map { method in
        Entry(
          member: Naming.lowerCamelCase(prefix + Naming.upperCamelCase(method.name)),
          service: service.fullName,
          method: method,
          hasIdempotencyKey: messages[method.request]?.hasIdempotencyKey == true
        )
      }
    }
  }

  /// One enum over the methods of all services.
  func methods() -> String {
    var text = SourceText()
    SwiftEmitter.header(&text, from: "the services of all proto files")
    text.line("public import ProtobufWire")
    text.emptyLine()
    text.line("/// Every method of every service.")
    text.line("///")
    text.line(
      "/// The raw values may change whenever a method is added; nothing that outlives the process may hold one.")
    text.block("public enum RPCMethod: UInt8, CaseIterable, Sendable") { text in
      let entries = entries
      for entry in entries {
        SwiftEmitter.emit(entry.method.comments, into: &text)
        text.line("case \(entry.member)")
      }
      property("path", "String", "The full name of the service, a slash, the name of the method.", entries, &text) {
        "\"\($0.path)\""
      }
      property("service", "String", "The full name of the service.", entries, &text) { "\"\($0.service)\"" }
      property("name", "String", "The name of the method within its service.", entries, &text) {
        "\"\($0.method.name)\""
      }
      property("isServerStreaming", "Bool", "Whether a call is answered by a stream.", entries, &text) {
        "\($0.method.isServerStreaming)"
      }
      property("isRepeatable", "Bool", "Whether a second call does nothing more than the first.", entries, &text) {
        "\($0.method.idempotency != .unknown)"
      }
      property("hasIdempotencyKey", "Bool", "Whether the request may have an idempotency key.", entries, &text) {
        "\($0.hasIdempotencyKey)"
      }
      property("requestType", "any NamedMessage.Type", "What a call is made with.", entries, &text) {
        "\(names.type($0.method.request)).self"
      }
      property("responseType", "any NamedMessage.Type", "What a call is answered with.", entries, &text) {
        "\(names.type($0.method.response)).self"
      }
      emitPathLookup(entries, into: &text)
    }
    return text.text
  }

  private func property(
    _ name: String,
    _ type: String,
    _ comment: String,
    _ entries: [Entry],
    _ text: inout SourceText,
    _ value: (Entry) -> String
  ) {
    text.emptyLine()
    text.line("/// \(comment)")
    text.block("public var \(name): \(type)") { text in
      text.line("switch self {")
      for entry in entries { text.line("case .\(entry.member): \(value(entry))") }
      text.line("}")
    }
  }

  private func emitPathLookup(_ entries: [Entry], into text: inout SourceText) {
    text.emptyLine()
    text.line("/// - Parameter path: the bytes of a ``path``; nil when no method has exactly it.")
    text.block("public init?(path: UnsafeRawBufferPointer)") { text in
      text.line("switch path.count {")
      let byLength = Dictionary(grouping: entries) { $0.path.utf8.count }
      for (length, entries) in byLength.sorted(by: { $0.key < $1.key }) {
        text.line("case \(length):")
        text.indented { text in
          for (index, entry) in entries.enumerated() {
            text.line("\(index == 0 ? "" : "} else ")if path.isEqual(to: \"\(entry.path)\") {")
            text.indented { $0.line("self = .\(entry.member)") }
          }
          text.line("} else {")
          text.indented { $0.line("return nil") }
          text.line("}")
        }
      }
      text.line("default: return nil")
      text.line("}")
    }
  }
}
