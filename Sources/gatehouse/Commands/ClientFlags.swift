/// The flags that several client commands share.
enum ClientFlags {
  static let server = Setting("server", .hostPort(1...65535), default: "127.0.0.1:7420", "Where the server is.")
  static let token = Setting("token", .text("TOKEN"), "Who is calling, where the server asks for tokens.")
  static let json = Switch(
    "json",
    """
    Prints one JSON object a line, its names spelt as in the proto files: moments as RFC 3339 text, 64-bit numbers as \
    numbers, enums without their type's name.
    """)
  static let timeout = Setting(
    "timeout", .duration(1000...3_600_000_000), default: "10s",
    "How long to wait for the connection, and then for each answer.")
  static let idempotencyKey = Setting(
    "idempotency-key", .text("KEY"),
    "1 to 64 printable ASCII characters: the same key with the same request gets the first answer again.")
  static let expectedRevision = Setting(
    "expected-revision", .number("N", 1...UInt64.max), "Changes the customer only if this is its present revision.")
  static let reason = Setting("reason", .text("TEXT"), "The public reason, at most 256 bytes.")
  static let attempt = Setting(
    "attempt", .number("N", 0...UInt64(UInt32.max)), default: "0",
    "The attempt that this is about; 0 is the present one.")
  static let provider = Setting("provider", .text("NAME"), "The third party, at most 64 bytes.")
  static let reference = Setting("reference", .text("TEXT"), "The third party's own name for it, at most 256 bytes.")
  static let detail = Setting(
    "detail", .text("TEXT"), "What was found, at most 1024 bytes; only the platform role sees it.")
  static let states = Setting(
    "state", .choice(["initiating", "screening", "verifying", "active", "inactive", "rejected"]), repeats: true,
    "Only customers in this state; may be given more than once.")
  static let tenant = Setting("tenant", .text("TENANT"), "For the platform role: only this tenant's customers.")

  /// What every client command takes.
  static let connection: [Flag] = [server.flag, token.flag, timeout.flag, json.flag]

  /// The customer that a command is about.
  static let customer = Subcommand.Operand(name: "ID", summary: "The customer's id.")
}
