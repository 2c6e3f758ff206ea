internal import Journal
internal import Lifecycle
internal import Store
internal import System

/// Printing what a data directory holds.
enum LogDumpCommand {
  private static let from = Setting(
    "from", .number("REVISION", 1...UInt64.max), default: "1", "Begins with this revision.")
  private static let to = Setting("to", .number("REVISION", 1...UInt64.max), "Ends behind this revision.")
  private static let customer = Setting("customer", .text("ID"), "Only what is about this customer.")
  private static let notes = Switch(
    "notes", "Also prints what was recorded without changing a customer, each as an object of the kind \"note\".")
  private static let raw = Switch(
    "raw", "Prints where the blocks of the log lie and what their headers say, instead of the events.")

  static let command = Subcommand(
    name: "dump", summary: "prints the events of a data directory, one JSON object a line",
    discussion: """
      The lines are those of "watch --json". Changes nothing and takes no lock: in the directory of a running server \
      it ends where the log is durable. Where the log is damaged it ends with exit code 2, naming file and offset, \
      once all that is whole before was printed.
      """,
    operands: [LogCommands.directory], flags: [from.flag, to.flag, customer.flag, notes.flag, raw.flag]
  ) { arguments, console throws(CommandFailure) in
    let dump = try LogDumpCommand.dump(arguments)
    do throws(JournalError) {
      try console.buffered { (console) throws(JournalError) in try dump.run(console) }
    } catch {
      throw LogCommands.failure(error)
    }
  }

  private static func dump(_ arguments: Arguments) throws(CommandFailure) -> LogDump {
    var dump = LogDump(directory: arguments.operands[0])
    dump.from = try arguments.required(from)
    dump.to = try arguments.value(to) ?? UInt64.max
    dump.printsNotes = try arguments.isOn(notes)
    dump.printsBlocks = try arguments.isOn(raw)
    guard dump.from <= dump.to else { throw arguments.usage("--from is behind --to") }
    if let text = try arguments.value(customer) {
      guard let id = CustomerID(text) else { throw arguments.usage("--customer \"\(text)\" is not a customer's id") }
      dump.customer = id
    }
    guard !dump.printsBlocks || !dump.printsNotes && dump.customer == nil else {
      throw arguments.usage("--raw goes neither with --notes nor with --customer")
    }
    return dump
  }
}

/// What to print of a data directory.
struct LogDump {
  var directory: String
  var from: UInt64 = 1
  var to = UInt64.max
  var customer: CustomerID?
  var printsNotes = false
  var printsBlocks = false

  func run(_ console: Console) throws(JournalError) {
    let fileSystem = LinuxFileSystem()
    let storeID = try Journal.storeID(ofDirectory: directory, fileSystem: fileSystem)
    var printer = EventPrinter(console: console, isJSON: true, namesCustomers: true)
    printer.storeID = storeID.bytes
    // The revision of the newest event before a note.
    var revision: UInt64 = 0
    // A note stands behind an event, hence the one before the first that is wanted counts too.
    let before = from - 1
    try CustomerStore.dump(directory: directory, fileSystem: fileSystem, from: before) { block in
      guard min(block.firstRevision, block.lastRevision) <= to else { return .stop }
      guard block.lastRevision >= before else { return .skip }
      guard printsBlocks else {
        revision = block.firstRevision - 1
        return .read
      }
      guard block.lastRevision >= from else { return .skip }
      console.print(block.json.text)
      return .skip
    } record: { record in
      if record.revision != 0 { revision = record.revision }
      guard (record.revision == 0 ? before : from)...to ~= revision, customer.map({ $0 == record.subject }) ?? true
      else { return }
      if let event = record.event {
        printer.event(event)
      } else if printsNotes {
        printer.note(record, behind: revision)
      }
    }
  }
}

extension LogBlock {
  var json: JSON {
    .members([
      "kind": .string("block"), "file": .string(path), "segment": .number(segment), "offset": .number(UInt64(offset)),
      "bytes": .number(UInt64(bytes)), "sequence": .number(sequence), "first_revision": .number(firstRevision),
      "last_revision": .number(lastRevision), "records": .number(UInt64(records)),
      "body_bytes": .number(UInt64(bodyBytes)), "body_checksum": .string(Hexadecimal.digits(UInt64(bodyChecksum), 8)),
      "chain": .string(Hexadecimal.digits(chain, 16)), "attested": .bool(isAttested),
    ])
  }
}
