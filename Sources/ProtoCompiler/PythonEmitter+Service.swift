extension PythonEmitter {
  /// The services as classes whose methods take the fields of the request, for one of the two faces.
  func services(isBlocking: Bool) -> String {
    var text = SourceText(step: "    ")
    let about = isBlocking ? "The services, blocking." : "The services, for asyncio."
    PythonEmitter.header(&text, from: "the services of all proto files", about)
    text.line("from typing import Mapping, Optional, Sequence")
    text.emptyLine()
    for package in servicePackages { text.line("from . import \(PythonNames.module(package.name))") }
    text.line(
      isBlocking ? "from ..blocking import BlockingCaller, BlockingStream" : "from ..channel import Caller, Stream")
    text.line("from ..method import Method")
    let services = schema.namedServices
    for (_, service) in services {
      text.emptyLine()
      text.line("")
      emit(service, isBlocking, into: &text)
    }
    text.emptyLine()
    text.line("")
    text.line("class Services:")
    text.indented { text in
      text.line("\"\"\"All services.\"\"\"")
      text.emptyLine()
      text.line("def __init__(self, caller: \(caller(isBlocking))) -> None:")
      text.indented { text in
        for (words, service) in services {
          text.line("self.\(PythonNames.attribute(words)) = \(service.name)(caller)")
          PythonEmitter.docstring(service.comments.text, into: &text)
        }
      }
    }
    return text.text
  }

  /// The packages that the methods' requests and responses are of, and those of the requests' fields.
  private var servicePackages: [(name: String, files: [Schema.File])] {
    let methods = schema.files.flatMap(\.services).flatMap(\.methods)
    var used = Set(methods.flatMap { [names[$0.request].package, names[$0.response].package] })
    for field in methods.compactMap({ names.messages[$0.request] }).flatMap(\.fields) {
      if case .message(let name) = field.type { used.insert(names[name].package) }
      if case .enumeration(let name) = field.type { used.insert(names[name].package) }
    }
    return schema.packages.filter { used.contains($0.name) }
  }

  private func caller(_ isBlocking: Bool) -> String { isBlocking ? "BlockingCaller" : "Caller" }

  private func emit(_ service: Schema.Service, _ isBlocking: Bool, into text: inout SourceText) {
    text.line("class \(service.name):")
    text.indented { text in
      PythonEmitter.docstring(service.comments.text, into: &text)
      text.emptyLine()
      for method in service.methods where !method.isClientStreaming { emitFacts(of: method, service, into: &text) }
      text.emptyLine()
      text.line("def __init__(self, caller: \(caller(isBlocking))) -> None:")
      text.indented { $0.line("self._caller = caller") }
      // A client that streams its requests has no place in the protocol.
      for method in service.methods where !method.isClientStreaming {
        text.emptyLine()
        emit(method, isBlocking, into: &text)
      }
    }
  }

  private func emit(_ method: Schema.Method, _ isBlocking: Bool, into text: inout SourceText) {
    guard let request = names.messages[method.request] else { return }
    let response = type(method.response, in: "")
    let options =
      ["timeout: Optional[float] = None"] + (method.isServerStreaming ? ["credit: Optional[int] = None"] : [])
    let stream = isBlocking ? "BlockingStream[\(response)]" : "Stream[\(response)]"
    let isAsync = !isBlocking && !method.isServerStreaming
    text.call(
      "\(isAsync ? "async " : "")def \(PythonNames.method(method.name))",
      ["self", "*"] + request.fields.map { parameter($0, in: "", PythonNames.argument($0.name)) } + options,
      closing: " -> \(method.isServerStreaming ? stream : response):")
    text.indented { text in
      PythonEmitter.docstring(comment(of: method, request), into: &text)
      let fields = request.fields.map { "\(PythonNames.attribute($0.name))=\(PythonNames.argument($0.name))" }
      text.call("request = \(type(method.request, in: ""))", fields)
      let call = "self._caller." + (method.isServerStreaming ? "stream" : "call")
      let credit = method.isServerStreaming ? ", credit" : ""
      let awaiting = isAsync ? "await " : ""
      text.line("return \(awaiting)\(call)(self._\(PythonNames.method(method.name)), request, timeout\(credit))")
    }
  }

  private func emitFacts(of method: Schema.Method, _ service: Schema.Service, into text: inout SourceText) {
    guard let request = names.messages[method.request] else { return }
    let isRepeatable = method.idempotency != .unknown
    text.call(
      "_\(PythonNames.method(method.name)) = Method",
      [
        "\"\(service.fullName)/\(method.name)\"", type(method.response, in: ""),
        "is_repeatable=\(isRepeatable ? "True" : "False")", "has_key=\(request.hasIdempotencyKey ? "True" : "False")",
      ])
  }

  /// The comment of the method, and those of the request's fields as its arguments.
  private func comment(of method: Schema.Method, _ request: Schema.Message) -> String {
    let arguments = request.fields.filter { !$0.comments.text.isEmpty }.map { field in
      let text = field.comments.text.split(separator: "\n").joined(separator: " ")
      return "- `\(PythonNames.argument(field.name))`: \(text)"
    }
    let lines = arguments.flatMap { PythonEmitter.folded($0) }
    let paragraphs = [method.comments.text, lines.joined(separator: "\n")]
    return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// An item of a list, its further lines indented, for a docstring of a method.
  private static func folded(_ item: String) -> [String] {
    let lines = CommentText.lines(String(item.dropFirst(2)), width: SourceText.width - 16)
    return lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
  }
}
