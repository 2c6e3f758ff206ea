internal import GatehouseAPI
internal import System

/// `log backup`: a copy of a running server's data directory.
enum LogBackupCommand {
  private static let to = Setting(
    "to", .text("DIR|FILE.tar|-"), "Where the backup goes: a directory, a tar archive, or standard output (-) as one.")
  private static let resume = Switch("resume", "Goes on with the backup that was begun there and not finished.")

  static let command = Subcommand.client(
    "backup", "copies the data directory of a running server",
    discussion: """
      For the platform role. The backup is true of one revision, and is itself a data directory: sound, of the same \
      history, and one that a server can be started on. The server goes on meanwhile. When the connection is lost, it \
      is made again and the backup goes on where it was; when the command is ended, --resume goes on. What \
      lies on a disk is verified when it is complete, as "log verify" does.
      """,
    flags: [to.flag, resume.flag]
  ) { command throws(CommandFailure) in
    let place = try command.arguments.required(to)
    let resumes = try command.arguments.isOn(resume)
    guard place != "-" || !resumes else {
      throw command.arguments.usage("--resume goes on with what lies on a disk, not on standard output")
    }
    let began = MonotonicClock.now()
    let destination = try destination(place, resumes: resumes)
    var isFirst = true
    var reception = BackupReception(into: destination, command.printer.console.note) {
      () throws(CommandFailure) -> ServerSession in
      defer { isFirst = false }
      return isFirst ? command.session : try ServerSession(command.arguments)
    }
    try reception.run()
    let plan = reception.plan ?? GatehouseV1.BackupPlan()
    let verdict = try destination.verify()
    if let verdict { try require(verdict, toBe: plan) }
    let line = Result(
      plan: plan, bytes: reception.totalBytes, seconds: Double(MonotonicClock.now() - began) / 1e9,
      isVerified: verdict != nil, place: place)
    let text = command.printer.isJSON ? line.json.text : line.text
    if place == "-" { command.printer.console.complain(text) } else { command.printer.console.print(text) }
  }

  private static func destination(_ place: String, resumes: Bool) throws(CommandFailure) -> any BackupDestination {
    if place == "-" { return TarDestination() }
    return place.hasSuffix(".tar")
      ? try TarDestination(place, resumes: resumes) : try DirectoryDestination(place, resumes: resumes)
  }

  private static func require(
    _ verdict: BackupVerdict, toBe plan: GatehouseV1.BackupPlan
  ) throws(CommandFailure) {
    guard verdict.findings.isEmpty, verdict.revision == plan.revision, verdict.chain == plan.chain else {
      throw CommandFailure(
        .journalDamaged, "the backup is not what the server sent, and must not be used", details: verdict.findings)
    }
  }

  /// What came of it.
  struct Result {
    let plan: GatehouseV1.BackupPlan
    let bytes: Int
    let seconds: Double
    let isVerified: Bool
    let place: String

    var text: String {
      let tenths = Int((seconds * 10).rounded())
      return "revision \(plan.revision), \(bytes) bytes in \(plan.files.count) files, \(tenths / 10).\(tenths % 10) s"
        + "\(isVerified ? ", verified" : ""): \(place)"
    }

    var json: JSON {
      .members([
        "to": .string(place), "store_id": .string(Hexadecimal.text(plan.storeId)), "revision": .number(plan.revision),
        "sequence": .number(plan.sequence), "chain": .string(Hexadecimal.digits(plan.chain, 16)),
        "bytes": .number(UInt64(bytes)), "files": .number(UInt64(plan.files.count)),
        "milliseconds": .number(UInt64(seconds * 1000)), "verified": .bool(isVerified),
      ])
    }
  }
}
