internal import Journal
internal import Lifecycle
internal import Store
internal import System

/// What can be done with a data directory.
enum LogCommands {
  static let group = Subcommand(
    name: "log", summary: "looks at a data directory, and after that of a running server",
    children: [
      verify, LogDumpCommand.command, LogStatusCommand.status, LogStatusCommand.snapshot, LogBackupCommand.command,
      LogRestoreCommand.command, LogRepairCommand.command,
    ])

  static let yes = Switch("yes", "Does it without asking.")

  static let directory = Subcommand.Operand(name: "DIR", summary: "The data directory.")

  static let verify = Subcommand(
    name: "verify", summary: "reads a whole data directory and says whether it is sound",
    discussion: """
      Changes nothing and takes no lock: the server may be running. Exit code 0: sound. 1: sound, but the next start \
      would cut off a write that was interrupted before anybody was told of it. 2: damaged, or of an unknown version; \
      the server would refuse to start, or start with what is whole and report the rest.
      """,
    operands: [directory],
    flags: [ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    let directory = arguments.operands.first ?? ""
    let isJSON = try arguments.isOn(ClientFlags.json)
    let found: JournalVerification
    do throws(JournalError) {
      found = try CustomerStore.verify(directory: directory, fileSystem: LinuxFileSystem())
    } catch {
      if isJSON { console.print(json(error).text) }
      throw failure(error)
    }
    if isJSON {
      console.print(json(found).text)
    } else {
      for line in lines(found) { console.print(line) }
    }
    if let first = found.findings.first {
      throw CommandFailure(.logDamaged, "not sound, although a start would go on without it: \(first)")
    }
    if let torn = found.tornTail {
      throw CommandFailure(
        .logTailTorn,
        "\(torn.path), offset \(torn.offset): \(torn.bytes) bytes of an interrupted write, cut off by the next start"
      )
    }
  }

  static func failure(_ error: JournalError) -> CommandFailure {
    switch error.kind {
    case .damaged, .unsupported, .refusedRecord: CommandFailure(.logDamaged, "not sound: \(error)")
    case .disk, .noSpace, .inUse: CommandFailure(.diskFailure, "the data directory cannot be read: \(error)")
    }
  }

  /// Why a command that makes a store did not.
  static func refusal(_ error: JournalError) -> CommandFailure {
    switch error.kind {
    case .damaged, .unsupported, .refusedRecord: CommandFailure(.journalDamaged, "\(error)")
    case .inUse: CommandFailure(.dataDirectoryInUse, "\(error)")
    case .disk, .noSpace: CommandFailure(.diskFailure, "\(error)")
    }
  }

  static func lines(_ store: RewrittenStore) -> [String] {
    [
      "store      \(store.storeID)", "revision   \(store.revision)",
      "time       \(TimestampText.utc(microseconds: store.time.microseconds))", "customers  \(store.customers)",
      "records    \(store.records)",
    ] + (store.oldestRevision > 1 ? ["oldest     \(store.oldestRevision)"] : [])
  }

  private static func lines(_ found: JournalVerification) -> [String] {
    let report = found.report
    let facts = [
      "store     \(found.storeID)", "segments  \(report.segments)", "blocks    \(report.blocks)",
      "records   \(report.records)", "revision  \(report.lastRevision)", "bytes     \(report.bytes)",
      "chain     \(Hexadecimal.digits(found.chain, 16))",
    ]
    return facts + found.findings.map { "damaged   \($0)" }
  }

  private static func json(_ found: JournalVerification) -> JSON {
    let report = found.report
    return .members([
      "verdict": .string(!found.findings.isEmpty ? "damaged" : found.tornTail == nil ? "sound" : "torn"),
      "store_id": .string(found.storeID.description),
      "segments": .number(UInt64(report.segments)), "blocks": .number(UInt64(report.blocks)),
      "records": .number(UInt64(report.records)), "revision": .string(String(report.lastRevision)),
      "bytes": .string(String(report.bytes)), "chain": .string(Hexadecimal.digits(found.chain, 16)),
      "torn_file": found.tornTail.map { .string($0.path) },
      "torn_offset": found.tornTail.map { .string(String($0.offset)) },
      "torn_bytes": found.tornTail.map { .string(String($0.bytes)) },
      "findings": found.findings.isEmpty ? nil : .array(found.findings.map(place)),
    ])
  }

  private static func json(_ error: JournalError) -> JSON {
    .members([
      "verdict": .string("refused"), "file": .string(error.path), "offset": error.offset.map { .string(String($0)) },
      "problem": .string(error.detail),
    ])
  }

  private static func place(_ finding: JournalError) -> JSON {
    .members([
      "file": .string(finding.path), "offset": finding.offset.map { .string(String($0)) },
      "problem": .string(finding.detail),
    ])
  }
}
