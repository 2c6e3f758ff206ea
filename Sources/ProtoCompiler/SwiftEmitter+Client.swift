extension SwiftEmitter {
  /// The generated part of the Swift client: a typed method a call. Without services there is nothing to generate.
  public func clientFiles() -> [GeneratedFile] {
    guard !entries.isEmpty else { return [] }
    var text = SourceText()
    SwiftEmitter.header(&text, from: "the services of all proto files")
    text.line("public import GatehouseAPI")
    text.emptyLine()
    text.block("extension GatehouseClient") { text in
      let services = schema.namedServices
      for (words, service) in services {
        text.emptyLine()
        SwiftEmitter.emit(service.comments, into: &text)
        text.line(
          "public var \(SwiftNames.property(words)): \(service.name) { \(service.name)(client: self) }")
      }
      for (_, service) in services { emit(service, into: &text) }
    }
    for type in Set(entries.filter(\.hasIdempotencyKey).map { names.type($0.method.request) }).sorted() {
      text.emptyLine()
      text.line("extension \(type): KeyedRequest {}")
    }
    return [GeneratedFile(name: "Services.swift", text: text.text)]
  }

  private func emit(_ service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    SwiftEmitter.emit(service.comments, into: &text)
    text.block("public struct \(service.name): Sendable") { text in
      text.line("let client: GatehouseClient")
      for entry in entries where entry.service == service.fullName && !entry.method.isClientStreaming {
        text.emptyLine()
        SwiftEmitter.emit(entry.method.comments, into: &text)
        emit(entry, into: &text)
      }
    }
  }

  private func emit(_ entry: Entry, into text: inout SourceText) {
    let (request, response) = (names.type(entry.method.request), names.type(entry.method.response))
    let isStreaming = entry.method.isServerStreaming
    text.line("public func \(SwiftNames.property(Naming.lowerCamelCase(entry.method.name)))(")
    text.indented { text in
      let (first, second) = ("_ request: \(request) = \(request)(),", "timeout: Duration? = nil")
      for line in first.count + 1 + second.count <= text.room ? ["\(first) \(second)"] : [first, second] {
        text.line(line)
      }
    }
    text.line(isStreaming ? ") -> ReplyMessages<\(response)> {" : ") async throws(GatehouseError) -> \(response) {")
    text.indented { text in
      let function = isStreaming ? "client.stream" : "try await client.call"
      text.line("\(function)(.\(entry.member), request, timeout: timeout)")
    }
    text.line("}")
  }
}
