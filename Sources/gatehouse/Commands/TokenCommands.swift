internal import Lifecycle
internal import Services
internal import System

/// Tokens, by which a server that runs with `--tokens` knows its callers.
enum TokenCommands {
  static let group = Subcommand(name: "token", summary: "tokens for a server's callers", children: [new])

  /// Before the digits of every token, so that whoever comes across one, or searches for them, knows what it is.
  private static let prefix = "gatehouse_"
  /// Nobody guesses 256 bits.
  private static let randomBytes = 32

  private static let principal = Setting(
    "principal", .text("NAME"), "Who holds the token: named as the cause of what its holder changes.")
  private static let tenant = Setting(
    "tenant", .text("TENANT"), "Whose customers the holder acts for; * for the platform, which acts for all.")
  private static let role = Setting(
    "role", .choice(Role.allCases.map(\.name)),
    "partner acts for its tenant, observer reads and watches it, platform acts for all tenants.")

  static let new = Subcommand(
    name: "new", summary: "makes a token from the system's random source and prints it, this once",
    discussion: """
      Prints the token, for its holder, and the line for the file that "gatehouse serve --tokens" reads. The line has \
      the token's digest, from which nobody learns the token. Add the line to the file and send the server SIGHUP.
      """,
    flags: [principal.flag, tenant.flag, role.flag, ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    let token = prefix + Hexadecimal.text(SystemRandom.bytes(randomBytes))
    guard let role = Role(name: try arguments.required(role)) else { throw arguments.usage("no such role") }
    let holder = try holder(of: token, role, arguments)
    if try arguments.isOn(ClientFlags.json) {
      console.print(JSON.members(["token": .string(token), "line": .string(holder.line)]).text)
    } else {
      console.print("token  \(token)")
      console.print("line   \(holder.line)")
      console.complain(
        "The token is shown this once. Give it to its holder; put the line into the server's tokens file.")
    }
  }

  private static func holder(
    of token: String, _ role: Role, _ arguments: Arguments
  ) throws(CommandFailure) -> TokenHolder {
    let principal = try arguments.required(principal)
    let tenant = try tenantOf(role, arguments)
    do throws(TokenHolderError) {
      return try TokenHolder(digest: TokenDigest(of: token), principal: principal, tenant: tenant, role: role)
    } catch {
      throw arguments.usage("\(error)")
    }
  }

  /// The platform need not say that it acts for all.
  private static func tenantOf(_ role: Role, _ arguments: Arguments) throws(CommandFailure) -> String {
    if role == .platform, let named = try arguments.value(tenant) { return named }
    return role == .platform ? TokenHolder.everyTenant : try arguments.required(tenant)
  }
}
