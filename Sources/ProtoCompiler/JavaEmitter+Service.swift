extension JavaEmitter {
  /// The services as classes; each call blocks, or gives a future.
  func services() -> String {
    var text = SourceText()
    JavaEmitter.header(&text, from: "the services of all proto files")
    text.line("import java.util.concurrent.CompletableFuture;")
    text.emptyLine()
    let services = schema.namedServices
    text.line("/** All services. */")
    text.block("public abstract class Services") { text in
      for (words, service) in services {
        JavaEmitter.emit(comment: service.comments.text, into: &text)
        text.line("public final \(service.name) \(JavaNames.field(words));")
      }
      text.emptyLine()
      text.block("Services(Caller caller)") { text in
        for (words, service) in services { text.line("\(JavaNames.field(words)) = new \(service.name)(caller);") }
      }
      for (_, service) in services { emit(service, into: &text) }
    }
    return text.text
  }

  private func emit(_ service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    JavaEmitter.emit(comment: service.comments.text, into: &text)
    text.block("public static final class \(service.name)") { text in
      text.line("private final Caller caller;")
      text.emptyLine()
      text.block("\(service.name)(Caller caller)") { $0.line("this.caller = caller;") }
      for method in service.methods where !method.isClientStreaming { emit(method, of: service, into: &text) }
    }
  }

  private func emit(_ method: Schema.Method, of service: Schema.Service, into text: inout SourceText) {
    let (request, response) = (type(method.request), type(method.response))
    let name = JavaNames.field(method.name)
    let constant = Naming.constantCase(method.name)
    let isRepeatable = method.idempotency != .unknown
    text.emptyLine()
    text.line("static final Method<\(response)> \(constant) =")
    text.indented { text in
      text.line("new Method<>(\"\(service.fullName)/\(method.name)\", \(isRepeatable), \(response)::new);")
    }
    text.emptyLine()
    guard !method.isServerStreaming else {
      JavaEmitter.emit(comment: method.comments.text, into: &text)
      text.block("public Stream<\(response)> \(name)(\(request) request, CallOptions... options)") { text in
        text.line("return new Stream<>(caller, \(constant), request, CallOptions.of(options));")
      }
      return
    }
    let hasKey = names.messages[method.request]?.hasIdempotencyKey == true
    let key = hasKey ? "request.idempotencyKey" : "null"
    JavaEmitter.emit(comment: method.comments.text, into: &text)
    text.block("public \(response) \(name)(\(request) request, CallOptions... options)") { text in
      text.line("return Caller.await(\(name)Async(request, options));")
    }
    text.emptyLine()
    JavaEmitter.emit(comment: method.comments.text, into: &text)
    text.block("public CompletableFuture<\(response)> \(name)Async(\(request) request, CallOptions... options)") {
      text in
      if hasKey {
        text.line("byte[] keyed = Caller.encode(request);")
        text.line(
          "if (\(key).isEmpty()) keyed = Caller.withKey(keyed, new \(request)().idempotencyKey(Caller.newKey()));")
        text.line("return caller.call(\(constant), keyed, true, CallOptions.of(options));")
      } else {
        text.line("return caller.call(\(constant), Caller.encode(request), false, CallOptions.of(options));")
      }
    }
  }
}
