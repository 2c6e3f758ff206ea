extension Parser {
  mutating func service() throws(ProtoError) -> ServiceSyntax {
    let leading = take().leadingComment
    var service = ServiceSyntax(name: try identifier("the name of a service"))
    service.comments = Comments(leading: leading, trailing: try expectEnd("{"))
    while !takeSymbol("}") {
      if takeSymbol(";") { continue }
      if takeWord("option") {
        _ = try optionLine()
      } else {
        service.methods.append(try method())
      }
    }
    return service
  }

  private mutating func method() throws(ProtoError) -> MethodSyntax {
    let leading = current.leadingComment
    guard takeWord("rpc") else { throw unexpected("'rpc', 'option' or '}'") }
    let name = try identifier("the name of a method")
    let request = try parameter()
    guard takeWord("returns") else { throw unexpected("'returns'") }
    let response = try parameter()
    var method = MethodSyntax(
      name: name,
      request: request.type,
      isClientStreaming: request.isStream,
      response: response.type,
      isServerStreaming: response.isStream
    )
    method.comments = Comments(leading: leading, trailing: try methodEnd(&method.options))
    return method
  }

  private mutating func parameter() throws(ProtoError) -> (type: NameSyntax, isStream: Bool) {
    try expectSymbol("(")
    let isStream = current.isIdentifier("stream") && !following.isSymbol(")")
    if isStream { take() }
    let type = try dottedName("the name of a message", allowsRoot: true)
    try expectSymbol(")")
    return (type, isStream)
  }

  /// `;`, or options within braces.
  private mutating func methodEnd(_ options: inout [OptionSyntax]) throws(ProtoError) -> String {
    guard current.isSymbol("{") else { return try expectEnd() }
    let trailing = try expectEnd("{")
    while !takeSymbol("}") {
      if takeSymbol(";") { continue }
      guard takeWord("option") else { throw unexpected("'option' or '}'") }
      options.append(try optionLine())
    }
    return trailing
  }
}
