/// Sorts the words of a command line, by the commands declared. Pure: words and environment in, what to do out.
struct CommandLineParser {
  /// What a command line asks for.
  enum Request {
    case run(Subcommand, Arguments)
    case help(path: [Subcommand])
    case version
  }

  let root: Subcommand
  /// The value of an environment variable; nil when it is not set.
  let environment: (String) -> String?

  /// Understands the words behind the program's name.
  func parse(_ words: [String]) throws(UsageError) -> Request {
    var path = [root]
    var rest = words[...]
    while let group = path.last, !group.children.isEmpty {
      // A group that does something by itself does it when none of its commands is named.
      if group.action != nil, rest.first?.hasPrefix("-") ?? true { break }
      guard let word = rest.popFirst() else {
        throw UsageError(
          message: "\(title(path)) needs one of: \(group.children.map(\.name).joined(separator: ", "))")
      }
      if let request = Self.standing(word, path) { return request }
      if word == "help" {
        while let name = rest.popFirst(), let child = path.last?.children.first(where: { $0.name == name }) {
          path.append(child)
        }
        return .help(path: path)
      }
      path.append(try child(named: word, of: path))
    }
    return try sort(rest, for: path)
  }

  /// What the flags that every level has ask for.
  private static func standing(_ word: String, _ path: [Subcommand]) -> Request? {
    switch word {
    case "--help", "-h": .help(path: path)
    case "--version": .version
    default: nil
    }
  }

  private func title(_ path: [Subcommand]) -> String {
    path.map(\.name).joined(separator: " ")
  }

  private func child(named word: String, of path: [Subcommand]) throws(UsageError) -> Subcommand {
    let children = path[path.count - 1].children
    if let child = children.first(where: { $0.name == word }) { return child }
    if word.hasPrefix("-") {
      throw UsageError(
        message: "\(title(path)) has no flag \(word)", hint: "Flags stand behind the command that they are for.")
    }
    let guess = Spelling.closest(to: word, among: children.map(\.name))
    throw UsageError(
      message: "\(title(path)) has no command \"\(word)\"", hint: guess.map { "Did you mean \"\($0)\"?" })
  }

  private func sort(_ words: ArraySlice<String>, for path: [Subcommand]) throws(UsageError) -> Request {
    let command = path[path.count - 1]
    let name = title(path)
    var rest = words
    var given: [String: [Arguments.Given]] = [:]
    var operands: [String] = []
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if let request = Self.standing(word, path) { return request }
      let (flag, text) = try flagAndText(word, &rest, command, name)
      let value = Arguments.Given(text: text, source: "--\(flag.name)")
      guard flag.repeats || given[flag.name] == nil else {
        throw UsageError(message: "--\(flag.name) is given twice")
      }
      given[flag.name, default: []].append(value)
    }
    for flag in command.flags where given[flag.name] == nil {
      given[flag.name] = fromEnvironment(flag)
    }
    try check(given, command)
    try check(operands, command, name)
    return .run(command, Arguments(command: name, given: given, operands: operands))
  }

  private func flagAndText(
    _ word: String, _ rest: inout ArraySlice<String>, _ command: Subcommand, _ name: String
  ) throws(UsageError) -> (Flag, String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let flag = command.flags.first(where: { "--\($0.name)" == parts[0] }) else {
      let guess = Spelling.closest(to: String(parts[0].drop { $0 == "-" }), among: command.flags.map(\.name) + ["help"])
      throw UsageError(message: "\(name) has no flag \(parts[0])", hint: guess.map { "Did you mean --\($0)?" })
    }
    if parts.count == 2 { return (flag, String(parts[1])) }
    guard let placeholder = flag.placeholder else { return (flag, "true") }
    guard let text = rest.first, !text.hasPrefix("--") else {
      throw UsageError(
        message: "--\(flag.name) needs a value: --\(flag.name) \(placeholder)",
        hint: rest.isEmpty ? nil : "A value that begins with dashes is written --\(flag.name)=VALUE.")
    }
    rest.removeFirst()
    return (flag, text)
  }

  /// A variable that is empty counts as not set; for a repeated flag its values stand between commas.
  private func fromEnvironment(_ flag: Flag) -> [Arguments.Given]? {
    guard let text = environment(flag.environmentVariable), !text.isEmpty else { return nil }
    let texts = flag.repeats ? text.split(separator: ",").map(String.init) : [text]
    return texts.map { Arguments.Given(text: $0, source: flag.environmentVariable) }
  }

  private func check(_ given: [String: [Arguments.Given]], _ command: Subcommand) throws(UsageError) {
    for flag in command.flags {
      for value in given[flag.name] ?? [] {
        do {
          try flag.check(value.text)
        } catch {
          throw value.error(error)
        }
      }
    }
  }

  private func check(_ operands: [String], _ command: Subcommand, _ name: String) throws(UsageError) {
    if operands.count < command.operands.count, !command.operands[operands.count].isOptional {
      let operand = command.operands[operands.count]
      throw UsageError(message: "\(name) needs \(operand.name): \(operand.summary)")
    }
    if operands.count > command.operands.count {
      throw UsageError(message: "\(name) does not know what to do with \"\(operands[command.operands.count])\"")
    }
  }
}
