/// What `--help` prints, made from the same declarations that the parser reads.
enum HelpText {
  /// The width that text is wrapped to, in columns: fits a terminal of 100.
  private static let width = 98

  static func render(_ path: [Subcommand]) -> String {
    guard let command = path.last else { return "" }
    let name = path.map(\.name).joined(separator: " ")
    var lines = ["\(name): \(command.summary)", "", usage(command, name)]
    if !command.discussion.isEmpty { lines += [""] + wrap(command.discussion, indent: 0) }
    if !command.children.isEmpty {
      let widest = command.children.map(\.name.count).max() ?? 0
      lines += ["", "Commands:"]
      lines += command.children.map { child in
        "  \(child.name)\(String(repeating: " ", count: widest - child.name.count + 2))\(child.summary)"
      }
      lines += ["", "\"\(name) COMMAND --help\" tells more about a command."]
    }
    if !command.operands.isEmpty {
      lines += ["", "Arguments:"]
      for operand in command.operands { lines += ["  \(operand.name)"] + wrap(operand.summary, indent: 6) }
    }
    if !command.flags.isEmpty {
      lines += ["", "Flags, each with the environment variable that applies when it is not given:"]
      for flag in command.flags { lines += describe(flag) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func usage(_ command: Subcommand, _ name: String) -> String {
    var words = ["usage:", name]
    if !command.children.isEmpty { words.append(command.action == nil ? "COMMAND" : "[COMMAND]") }
    words += command.operands.map { $0.isOptional ? "[\($0.name)]" : $0.name }
    if !command.flags.isEmpty { words.append("[flags]") }
    return words.joined(separator: " ")
  }

  private static func describe(_ flag: Flag) -> [String] {
    var head = "  --\(flag.name)"
    if let placeholder = flag.placeholder { head += " \(placeholder)" }
    if flag.repeats { head += " …" }
    var text = flag.summary
    if let fallback = flag.fallback { text += " Default: \(fallback.contains(" ") ? "\"\(fallback)\"" : fallback)." }
    text += " [\(flag.environmentVariable)]"
    return [head] + wrap(text, indent: 6)
  }

  /// Breaks text into lines between words. Line breaks in the text stay.
  static func wrap(_ text: String, indent: Int, width: Int = width) -> [String] {
    let margin = String(repeating: " ", count: indent)
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph -> [String] in
      var lines: [String] = []
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, indent + line.count + 1 + word.count > width {
          lines.append(margin + line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " \(word)"
      }
      return lines + [line.isEmpty ? "" : margin + line]
    }
  }
}
