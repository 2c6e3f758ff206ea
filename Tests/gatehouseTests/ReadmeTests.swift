internal import Foundation
internal import GatehouseAPI
internal import Lifecycle
internal import Services
internal import Testing

@testable import gatehouse

/// What the README says of the flags is what the program takes.
@Suite struct ReadmeTests {
  private static func readme() throws -> String {
    let here = URL(fileURLWithPath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
  }

  /// A row of the README's tables of flags, up to what the flag does.
  private static func row(_ flag: Flag) -> String {
    let placeholder = flag.placeholder.map { " " + $0.replacingOccurrences(of: "|", with: "\\|") } ?? ""
    let fallback = flag.fallback.map { " `\($0)`" } ?? (flag.placeholder == nil ? " off" : "")
    return "| `--\(flag.name)\(placeholder)` | `\(flag.environmentVariable)` |\(fallback) |"
  }

  @Test func everyFlagOfTheServerHasARow() throws {
    let readme = try Self.readme()
    for flag in ServeCommand.command.flags + ClientFlags.connection {
      let isThere = readme.contains("\n" + Self.row(flag))
      #expect(isThere, "README.md has no row \(Self.row(flag))")
    }
  }

  @Test func everyFlagOfTheBenchmarksLoadsHasARow() throws {
    let readme = try Self.readme()
    for flag in LoadFlags.shared + LoadScenario.all.flatMap(\.flags) {
      let isThere = readme.contains("\n" + Self.row(flag))
      #expect(isThere, "README.md has no row \(Self.row(flag))")
    }
  }

  /// The table of roles is the server's.
  @Test func everyMethodHasARowOfRoles() throws {
    let readme = try Self.readme()
    for method in RPCMethod.allCases {
      let path = method.path.split(separator: ".").last ?? ""
      let cells = Role.allCases.map { MethodRoles.roles(for: method).contains($0) ? "yes" : "" }
      let row = (["| `\(path)` |"] + cells.map { $0.isEmpty ? "|" : "\($0) |" }).joined(separator: " ")
      let isThere = readme.contains("\n" + row + "\n")
      #expect(isThere, "README.md has no row \(row)")
    }
  }

  /// Each command that calls a server has a row with the flags of its own.
  @Test func everyCommandHasARow() throws {
    let readme = try Self.readme()
    let shared = Set(ClientFlags.connection.map(\.name))
    for (path, command) in Subcommand.root.everyCommand() where command.action != nil && command.name != "serve" {
      let words = (path.dropFirst() + command.operands.map { $0.isOptional ? "[\($0.name)]" : $0.name })
      let flags = command.flags.filter { !shared.contains($0.name) }.map { "`--\($0.name)`" }
      let row = "| `\(words.joined(separator: " "))` | \((flags).joined(separator: " ")) |"
      let isThere = readme.contains("\n" + row + "\n")
      #expect(isThere, "README.md has no row \(row)")
    }
  }
}
