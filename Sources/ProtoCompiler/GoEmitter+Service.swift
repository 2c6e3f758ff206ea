extension GoEmitter {
  /// The services as types with a method a call, in the client's own package.
  func services() -> String {
    var text = SourceText(step: "\t")
    GoEmitter.header(&text, from: "the services of all proto files")
    text.line("package gatehouse")
    let methods = schema.files.flatMap(\.services).flatMap(\.methods)
    let packages = Set(methods.flatMap { [names[$0.request].package, names[$0.response].package] })
    GoEmitter.emit(
      imports: ["context"], packages.map { "\(GoEmitter.module)/proto/\(GoNames.package($0))" }.sorted(), into: &text)
    let services = schema.namedServices
    text.emptyLine()
    text.line("// Services has all services.")
    text.block("type Services struct") { text in
      for (words, service) in services {
        text.emptyLine()
        GoEmitter.emit(comment: service.comments.text, into: &text)
        text.line("\(GoNames.field(words)) \(service.name)")
      }
    }
    text.emptyLine()
    text.block("func servicesOf(c *caller) Services") { text in
      text.line("return Services{")
      text.indented { text in
        let width = services.map { GoNames.field($0.words).count }.max() ?? 0
        for (words, service) in services {
          let name = GoNames.field(words)
          text.line("\(name):\(String(repeating: " ", count: width - name.count)) \(service.name){c},")
        }
      }
      text.line("}")
    }
    for (_, service) in services { emit(service, into: &text) }
    return text.text
  }

  private func emit(_ service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    GoEmitter.emit(comment: service.comments.text, of: service.name, into: &text)
    text.line("type \(service.name) struct{ caller *caller }")
    for method in service.methods where !method.isClientStreaming {
      let facts = Naming.lowerCamelCase("method" + service.name + method.name)
      let isRepeatable = method.idempotency != .unknown
      let hasKey = names.messages[method.request]?.hasIdempotencyKey == true
      text.emptyLine()
      text.line(
        "var \(facts) = method{\"\(service.fullName)/\(method.name)\", \(isRepeatable), \(hasKey)}")
      text.emptyLine()
      GoEmitter.emit(comment: method.comments.text, of: method.name, into: &text)
      emit(method, of: service, facts, hasKey, into: &text)
    }
  }

  private func emit(
    _ method: Schema.Method, of service: Schema.Service, _ facts: String, _ hasKey: Bool, into text: inout SourceText
  ) {
    let request = "*" + type(method.request, in: "")
    let response = type(method.response, in: "")
    let head = "func (s \(service.name)) \(method.name)(ctx context.Context, request \(request))"
    guard !method.isServerStreaming else {
      text.block("\(head) *Stream[\(response), *\(response)]") { text in
        text.line("return newStream[\(response)](ctx, s.caller, \(facts), request)")
      }
      return
    }
    text.block("\(head) (*\(response), error)") { text in
      if hasKey {
        text.line("keyed := *request")
        text.block("if keyed.IdempotencyKey == \"\"") { $0.line("keyed.IdempotencyKey = newKey()") }
        text.line("request = &keyed")
      }
      text.line("response := new(\(response))")
      text.block("if err := s.caller.call(ctx, \(facts), request, response); err != nil") { $0.line("return nil, err") }
      text.line("return response, nil")
    }
  }
}
