extension TypeScriptEmitter {
  /// The services as classes whose methods take what the request holds.
  func services() -> String {
    var text = SourceText()
    TypeScriptEmitter.header(&text, from: "the services of all proto files")
    emitImports(into: &text)
    text.emptyLine()
    let services = schema.namedServices
    text.line("/** What is known of each method, by its path. */")
    text.line("export const METHODS = new Map([")
    text.indented { text in
      for (_, service) in services {
        for method in service.methods where !method.isClientStreaming {
          text.line("[\"\(service.fullName)/\(method.name)\", \(facts(of: method, service))],")
        }
      }
    }
    text.line("]);")
    for (_, service) in services { emit(service, into: &text) }
    text.emptyLine()
    text.line("/** All services. */")
    text.block("export class Services") { text in
      text.block("constructor(caller)") { text in
        for (words, service) in services {
          text.line("this.\(TypeScriptNames.property(words)) = new \(service.name)(caller);")
        }
      }
    }
    return text.text
  }

  private func emitImports(into text: inout SourceText) {
    let methods = schema.files.flatMap(\.services).flatMap(\.methods)
    let packages = Set(methods.flatMap { [names[$0.request].package, names[$0.response].package] })
    for name in packages.map(TypeScriptNames.module).sorted() {
      text.line("import * as \(name) from \"./\(name).js\";")
    }
  }

  private func facts(of method: Schema.Method, _ service: Schema.Service) -> String {
    let isRepeatable = method.idempotency != .unknown
    let hasKey = names.messages[method.request]?.hasIdempotencyKey == true
    return "{ path: \"\(service.fullName)/\(method.name)\", request: \(type(method.request, in: "")), "
      + "response: \(type(method.response, in: "")), isStreaming: \(method.isServerStreaming), "
      + "isRepeatable: \(isRepeatable), hasKey: \(hasKey) }"
  }

  private func emit(_ service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    text.block("export class \(service.name)") { text in
      text.line("#caller;")
      text.emptyLine()
      text.block("constructor(caller)") { $0.line("this.#caller = caller;") }
      for method in service.methods where !method.isClientStreaming {
        text.emptyLine()
        text.block("\(TypeScriptNames.property(method.name))(request = {}, options = {})") { text in
          let call = method.isServerStreaming ? "stream" : "call"
          text.line(
            "return this.#caller.\(call)(METHODS.get(\"\(service.fullName)/\(method.name)\"), request, options);")
        }
      }
    }
  }

  // MARK: Declarations

  func serviceDeclarations() -> String {
    var text = SourceText()
    TypeScriptEmitter.header(&text, from: "the services of all proto files")
    text.line("import { CallOptions, Caller, Stream, StreamOptions } from \"../channel.js\";")
    text.line("import { Init, MessageClass } from \"../wire.js\";")
    emitImports(into: &text)
    text.emptyLine()
    text.line("/** What is known of a method. */")
    text.block("export interface Method") { text in
      for line in [
        "path: string;", "request: MessageClass;", "response: MessageClass;", "isStreaming: boolean;",
        "isRepeatable: boolean;", "hasKey: boolean;",
      ] { text.line(line) }
    }
    text.emptyLine()
    text.line("/** What is known of each method, by its path. */")
    text.line("export const METHODS: ReadonlyMap<string, Method>;")
    let services = schema.namedServices
    for (_, service) in services { emitDeclaration(of: service, into: &text) }
    text.emptyLine()
    text.line("/** All services. */")
    text.block("export declare class Services") { text in
      text.line("constructor(caller: Caller);")
      for (words, service) in services {
        TypeScriptEmitter.emit(comment: service.comments.text, into: &text)
        text.line("readonly \(TypeScriptNames.property(words)): \(service.name);")
      }
    }
    return text.text
  }

  private func emitDeclaration(of service: Schema.Service, into text: inout SourceText) {
    text.emptyLine()
    TypeScriptEmitter.emit(comment: service.comments.text, into: &text)
    text.block("export declare class \(service.name)") { text in
      text.line("constructor(caller: Caller);")
      for method in service.methods where !method.isClientStreaming {
        TypeScriptEmitter.emit(comment: method.comments.text, into: &text)
        let response = type(method.response, in: "")
        text.call(
          TypeScriptNames.property(method.name),
          [
            "request?: Init<\(type(method.request, in: ""))>",
            "options?: \(method.isServerStreaming ? "StreamOptions" : "CallOptions")",
          ], closing: ": \(method.isServerStreaming ? "Stream" : "Promise")<\(response)>;")
      }
    }
  }
}
