/// What the runner of the scenario suite needs: Rust knows neither methods nor messages by name.
extension RustEmitter {
  func methodsByName() -> String {
    var text = SourceText(step: "    ")
    RustEmitter.header(&text, from: "the services of all proto files")
    text.line("//! The client's methods by their paths.")
    text.emptyLine()
    text.line("use gatehouse::{CallOptions, Client};")
    text.emptyLine()
    text.line("use crate::work::Work;")
    text.emptyLine()
    text.line("/// Does something with a method; none where there is none of that path.")
    let parameters = ["client: &Client", "path: &str", "options: CallOptions", "work: W"]
    RustEmitter.function("with_method<W: Work>", parameters, "Option<W::Outcome>", into: &text) { text in
      text.block("Some(match path", closing: ")") { text in
        for (words, service) in schema.namedServices {
          for method in service.methods where !method.isClientStreaming {
            text.block("\"\(service.fullName)/\(method.name)\" =>") { text in
              text.line("let service = client.\(RustNames.service(words))().with(options);")
              let kind = method.isServerStreaming ? "stream" : "call"
              text.line("work.\(kind)(|request| service.\(RustNames.method(method.name))(request))")
            }
          }
        }
        text.line("_ => return None,")
      }
    }
    return text.text
  }

  func messagesByName() -> String {
    var text = SourceText(step: "    ")
    RustEmitter.header(&text, from: "the messages of all proto files")
    text.line("//! What messages hold, and messages by their full names.")
    text.emptyLine()
    text.line("use gatehouse::proto::{\(packages.map { RustNames.module($0.name) }.sorted().joined(separator: ", "))};")
    text.emptyLine()
    text.line("use crate::json::Json;")
    text.line("use crate::values::{enumeration, examined, Examined, Fields, Value};")
    text.emptyLine()
    text.line("/// Takes bytes for a message; none where there is none of that name.")
    text.block("pub fn examine(name: &str, bytes: &[u8]) -> Option<Examined>") { text in
      text.block("Some(match name", closing: ")") { text in
        for name in names.messages.keys.sorted() {
          text.line("\"\(name)\" => examined::<\(type(name, in: "no package"))>(bytes),")
        }
        text.line("_ => return None,")
      }
    }
    text.emptyLine()
    for name in names.enums.keys.sorted() { text.line("enumeration!(\(type(name, in: "no package")));") }
    for (_, message) in names.messages.sorted(by: { $0.key < $1.key }) { emitValue(of: message, into: &text) }
    return text.text
  }

  private func emitValue(of message: Schema.Message, into text: inout SourceText) {
    let type = type(message.fullName, in: "no package")
    text.emptyLine()
    text.block("impl Value for \(type)") { text in
      text.block("fn json(&self) -> Json") { text in
        guard !message.fields.isEmpty else { return text.line("Fields::default().json()") }
        text.line("let mut fields = Fields::default();")
        for field in message.fields {
          let name = RustNames.field(field.name)
          if let index = field.oneof {
            let oneof = message.oneofs[index]
            let module = RustNames.module(names[message.fullName].package)
            let variant = "\(module)::\(self.type(of: oneof, in: message))::\(RustNames.variant(field))"
            text.block("if let Some(\(variant)(value)) = &self.\(RustNames.field(oneof.name))") { text in
              text.line("fields.present(\"\(field.name)\", value);")
            }
          } else {
            text.line("fields.\(field.cardinality.presence)(\"\(field.name)\", &self.\(name));")
          }
        }
        text.line("fields.json()")
      }
    }
  }
}

extension Schema.Cardinality {
  /// When a field is there.
  fileprivate var presence: String {
    switch self {
    case .implicit: "implicit"
    case .explicit: "optional"
    case .repeated: "repeated"
    case .map: "map"
    }
  }
}
