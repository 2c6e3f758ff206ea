/// Runs what a command line asks for, and says what the process ends with.
struct Program {
  let root: Subcommand
  let console: Console

  /// Runs the words behind the program's name.
  func run(_ words: [String]) -> ExitCode {
    do throws(CommandFailure) {
      switch try request(words) {
      case .help(let path): console.write(HelpText.render(path))
      case .version: console.print("\(root.name) \(Subcommand.version)")
      case .run(let command, let arguments): try command.action?(arguments, console)
      }
      return .success
    } catch {
      console.complain("gatehouse: \(PlainText.escaped(error.message))")
      for detail in error.details { console.complain("  \(PlainText.escaped(detail))") }
      return error.exitCode
    }
  }

  private func request(_ words: [String]) throws(CommandFailure) -> CommandLineParser.Request {
    do {
      return try CommandLineParser(root: root, environment: console.environment).parse(words)
    } catch {
      throw CommandFailure(error, command: command(words))
    }
  }

  /// The command that the words were meant for, as far as they name one: "gatehouse screening report".
  private func command(_ words: [String]) -> String {
    var command = root
    var name = root.name
    for word in words {
      guard let child = command.children.first(where: { $0.name == word }) else { break }
      command = child
      name += " \(child.name)"
    }
    return name
  }
}
