extension Schema {
  /// Every message, by its full name, those within messages among them.
  public var messagesByName: [String: Message] {
    var found: [String: Message] = [:]
    func visit(_ message: Message) {
      found[message.fullName] = message
      message.messages.forEach(visit)
    }
    for file in files { file.messages.forEach(visit) }
    return found
  }

  /// Every enum, by its full name, those within messages among them.
  public var enumsByName: [String: Enumeration] {
    var found: [String: Enumeration] = [:]
    func visit(_ message: Message) {
      for enumeration in message.enums { found[enumeration.fullName] = enumeration }
      message.messages.forEach(visit)
    }
    for file in files {
      for enumeration in file.enums { found[enumeration.fullName] = enumeration }
      file.messages.forEach(visit)
    }
    return found
  }
}
