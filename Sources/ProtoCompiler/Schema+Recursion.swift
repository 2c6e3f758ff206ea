extension Schema {
  /// Marks the fields by which a message can hold itself, so that an emitter can put them behind a reference.
  mutating func markRecursiveFields() {
    let reachable = messagesByName.mapValues { message in
      message.fields.compactMap { $0.singularMessage }
    }
    func holds(_ start: String, _ target: String) -> Bool {
      var seen: Set<String> = []
      var open = [start]
      while let name = open.popLast() {
        if name == target { return true }
        if seen.insert(name).inserted { open += reachable[name] ?? [] }
      }
      return false
    }
    func marked(_ message: Message) -> Message {
      var message = message
      message.messages = message.messages.map(marked)
      for index in message.fields.indices {
        guard let held = message.fields[index].singularMessage else { continue }
        message.fields[index].isRecursive = holds(held, message.fullName)
      }
      return message
    }
    for index in files.indices { files[index].messages = files[index].messages.map(marked) }
  }
}

extension Schema.Field {
  /// The message that the field holds within its own; elements of repeated fields and maps lie elsewhere.
  fileprivate var singularMessage: String? {
    guard cardinality == .explicit, case .message(let name) = type else { return nil }
    return name
  }
}
