extension RustEmitter {
  /// The services as types with a method a call, and the client's methods that give them.
  func services() -> String {
    var text = SourceText(step: "    ")
    RustEmitter.header(&text, from: "the services of all proto files")
    text.line("//! The services: what a [`Client`] gives, with a method a call.")
    text.emptyLine()
    let methods = schema.files.flatMap(\.services).flatMap(\.methods).filter { !$0.isClientStreaming }
    var imports = ["calls::{Calls, Method}", "client::Client", "error::Result", "options::CallOptions"]
    if !methods.isEmpty {
      let packages = Set(methods.flatMap { [names[$0.request].package, names[$0.response].package] })
      let modules = packages.map(RustNames.module).sorted()
      imports.append(modules.count == 1 ? "proto::\(modules[0])" : "proto::{\(modules.joined(separator: ", "))}")
    }
    if methods.contains(where: \.isServerStreaming) { imports.append("stream::Stream") }
    for name in imports { text.line("use crate::\(name);") }
    let services = schema.namedServices
    text.emptyLine()
    text.block("impl Client") { text in
      for (words, service) in services {
        text.emptyLine()
        RustEmitter.emit(comment: service.comments.text, into: &text)
        text.block("pub fn \(RustNames.service(words))(&self) -> \(service.name)<'_>") { text in
          text.line("\(service.name)(self.calls())")
        }
      }
    }
    for (_, service) in services { emit(service, into: &text) }
    return text.text
  }

  private func emit(_ service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    RustEmitter.emit(comment: service.comments.text, into: &text)
    text.line("#[derive(Clone)]")
    text.line("pub struct \(service.name)<'a>(Calls<'a>);")
    text.emptyLine()
    text.block("impl \(service.name)<'_>") { text in
      text.line("/// The same with other options for each call.")
      text.block("pub fn with(self, options: CallOptions) -> Self") { $0.line("Self(self.0.with(options))") }
      for method in service.methods where !method.isClientStreaming { emit(method, of: service, into: &text) }
    }
  }

  private func emit(_ method: Schema.Method, of service: Schema.Service, into text: inout SourceText) {
    let (request, response) = (type(method.request, in: "no package"), type(method.response, in: "no package"))
    let hasKey = names.messages[method.request]?.hasIdempotencyKey == true && !method.isServerStreaming
    let result = method.isServerStreaming ? "Stream<\(response)>" : "Result<\(response)>"
    text.emptyLine()
    RustEmitter.emit(comment: method.comments.text, into: &text)
    let parameters = ["&self", "\(hasKey ? "mut " : "")request: \(request)"]
    RustEmitter.function(RustNames.method(method.name), parameters, result, into: &text) { text in
      // What may be made again after its answer was lost.
      let kind = hasKey || method.idempotency != .unknown ? "repeatable" : "single"
      let value = "Method::\(kind)(\"\(service.fullName)/\(method.name)\");"
      text.assignment("const METHOD: Method =", value)
      if hasKey { text.line("Calls::set_key(&mut request.idempotency_key);") }
      text.line("self.0.\(method.isServerStreaming ? "stream" : "call")(METHOD, &request)")
    }
  }

  /// A function, with a line for each parameter where one line is too short for them.
  static func function(
    _ name: String, _ parameters: [String], _ result: String, into text: inout SourceText,
    _ body: (inout SourceText) -> Void
  ) {
    let head = "pub fn \(name)(\(parameters.joined(separator: ", "))) -> \(result)"
    guard head.count + 2 > text.room else { return text.block(head, body) }
    text.line("pub fn \(name)(")
    text.indented { text in parameters.forEach { text.line($0 + ",") } }
    text.block(") -> \(result)", body)
  }
}

extension SourceText {
  /// `target value` on one line where it fits.
  fileprivate mutating func assignment(_ target: String, _ value: String) {
    guard target.count + 1 + value.count > room else { return line("\(target) \(value)") }
    line(target)
    indented { $0.line(value) }
  }
}
