// What a proto file says, as written: names are not resolved yet.

/// A name, dotted or not, with its place.
struct NameSyntax: Equatable {
  var text: String
  var location: SourceLocation
}

/// An integer with its place.
struct NumberSyntax {
  var value: Int64
  var location: SourceLocation
}

struct FileSyntax {
  var path: String
  var comments = Comments()
  var package: NameSyntax?
  var imports: [ImportSyntax] = []
  var messages: [MessageSyntax] = []
  var enums: [EnumSyntax] = []
  var services: [ServiceSyntax] = []
}

struct ImportSyntax {
  var path: String
  var location: SourceLocation
  /// `import public`: who imports this file sees that one too.
  var isPublic: Bool
}

struct OptionSyntax {
  var name: NameSyntax
  var value: Token
}

struct ReservedSyntax {
  var ranges: [(numbers: ClosedRange<Int64>, location: SourceLocation)] = []
  var names: [NameSyntax] = []
}

struct MessageSyntax {
  var name: NameSyntax
  var comments = Comments()
  var fields: [FieldSyntax] = []
  var oneofs: [OneofSyntax] = []
  var messages: [MessageSyntax] = []
  var enums: [EnumSyntax] = []
  var reserved = ReservedSyntax()
}

struct FieldSyntax {
  enum Label {
    case none
    case optional
    case repeated
  }

  enum FieldType {
    case named(NameSyntax)
    case map(key: NameSyntax, value: NameSyntax)
  }

  var label: Label
  var type: FieldType
  var name: NameSyntax
  var number: NumberSyntax
  var options: [OptionSyntax] = []
  /// Which oneof of the message the field is a member of.
  var oneof: Int?
  var comments = Comments()
}

struct OneofSyntax {
  var name: NameSyntax
  var comments = Comments()
}

struct EnumSyntax {
  var name: NameSyntax
  var comments = Comments()
  var values: [EnumValueSyntax] = []
  var reserved = ReservedSyntax()
}

struct EnumValueSyntax {
  var name: NameSyntax
  var number: NumberSyntax
  var comments = Comments()
}

struct ServiceSyntax {
  var name: NameSyntax
  var comments = Comments()
  var methods: [MethodSyntax] = []
}

struct MethodSyntax {
  var name: NameSyntax
  var request: NameSyntax
  var isClientStreaming: Bool
  var response: NameSyntax
  var isServerStreaming: Bool
  var comments = Comments()
  var options: [OptionSyntax] = []
}
