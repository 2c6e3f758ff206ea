internal import Testing

@testable import gatehouse

@Suite struct HelpTextTests {
  static let commands = Subcommand.root.everyCommand().map { $0.path.dropFirst() }.map(Array.init)

  private func help(_ words: [String]) throws -> (text: String, command: Subcommand)? {
    let parser = CommandLineParser(root: .root, environment: { _ in nil })
    guard case .help(let path) = try parser.parse(words + ["--help"]), let command = path.last else { return nil }
    return (HelpText.render(path), command)
  }

  @Test(arguments: commands)
  func everyCommandHasHelpThatNamesItsFlags(_ words: [String]) throws {
    let (text, command) = try #require(try help(words))
    #expect(text.hasPrefix((["gatehouse"] + words).joined(separator: " ") + ": \(command.summary)\n"))
    for flag in command.flags {
      #expect(text.contains("\n  --\(flag.name)"), "--\(flag.name)")
      #expect(text.contains("[\(flag.environmentVariable)]"), "--\(flag.name)")
      #expect(flag.summary.hasSuffix("."), "--\(flag.name)")
    }
    for operand in command.operands { #expect(text.contains("\n  \(operand.name)\n")) }
    for child in command.children { #expect(text.contains("\n  \(child.name) ")) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(arguments: commands)
  func everyCommandRunsOrHasCommands(_ words: [String]) throws {
    let (_, command) = try #require(try help(words))
    #expect(command.action != nil || !command.children.isEmpty)
    // The flags of a group are those of what it does by itself.
    #expect(command.action != nil || command.flags.isEmpty && command.operands.isEmpty)
    #expect(Set(command.flags.map(\.name)).count == command.flags.count)
    #expect(Set(command.children.map(\.name)).count == command.children.count)
  }

  @Test func everyDefaultPassesItsOwnCheck() throws {
    for (path, command) in Subcommand.root.everyCommand() {
      for flag in command.flags {
        guard let fallback = flag.fallback else { continue }
        #expect(throws: Never.self, "\(path) --\(flag.name)") { try flag.check(fallback) }
      }
    }
  }
}
