internal import GatehouseAPI

/// Prints events as they come: rows of fixed widths, or one JSON object a line.
struct EventPrinter {
  let console: Console
  let isJSON: Bool
  /// Whether rows say whose event it is.
  let namesCustomers: Bool
  /// Known from the first message of a stream on; goes into each object.
  var storeID: [UInt8] = []
  private var hasTitles = false

  init(console: Console, isJSON: Bool, namesCustomers: Bool) {
    self.console = console
    self.isJSON = isJSON
    self.namesCustomers = namesCustomers
  }

  /// {"kind":"event", …}
  mutating func event(_ event: GatehouseV1.Event) {
    guard !isJSON else { return printObject("event", event.members) }
    titles()
    let customer = event.customer ?? GatehouseV1.Customer()
    let cause = event.cause ?? GatehouseV1.Cause()
    row(
      revision: event.revision, at: event.at, from: event.from, to: event.to, cause: cause.command.shortName,
      customer: customer,
      about: [cause.reason, cause.privateDetail, customer.waiting, customer.held].first { !$0.isEmpty } ?? "")
  }

  /// {"kind":"current","customer":{…}}
  mutating func current(_ customer: GatehouseV1.Customer) {
    guard !isJSON else { return printObject("current", [JSON.Member(name: "customer", value: customer.json)]) }
    titles()
    row(
      revision: customer.revision, at: customer.updatedAt, from: .unspecified, to: customer.state, cause: "(present)",
      customer: customer, about: [customer.waiting, customer.held, customer.reason].first { !$0.isEmpty } ?? "")
  }

  /// {"kind":"snapshot_begun","reason":…}: what was printed of a snapshot no longer counts.
  ///
  /// - Parameter reason: empty where it is the first, of which nothing is printed.
  func snapshotBegun(reason: String) {
    guard !reason.isEmpty else { return }
    guard !isJSON else {
      return printObject("snapshot_begun", [JSON.Member(name: "reason", value: .string(reason))])
    }
    note("the snapshot begins again: \(reason)")
  }

  /// {"kind":"snapshot_complete","revision":…,"customers":…}
  func snapshotComplete(revision: UInt64, customers: UInt64) {
    guard !isJSON else {
      return printObject(
        "snapshot_complete",
        [
          JSON.Member(name: "revision", value: .number(revision)),
          JSON.Member(name: "customers", value: .number(customers)),
        ])
    }
    note("\(customers) customers as of revision \(revision); events follow")
  }

  /// {"kind":"progress","revision":…}
  func progress(_ revision: UInt64) {
    guard !isJSON else {
      return printObject("progress", [JSON.Member(name: "revision", value: .number(revision))])
    }
    note("everything up to revision \(revision) has been sent")
  }

  /// {"kind":"skipped","events":…}
  func skipped(_ events: UInt64) {
    guard !isJSON else { return printObject("skipped", [JSON.Member(name: "events", value: .number(events))]) }
    note("\(events) events skipped: newer ones of the same customers follow")
  }

  private func note(_ text: String) {
    console.print(console.palette.paint("-- \(text)", .dim))
  }

  /// One object, its kind and the name of the history first.
  func printObject(_ kind: String, _ members: [JSON.Member]) {
    var head = [JSON.Member(name: "kind", value: .string(kind))]
    if !storeID.isEmpty { head.append(JSON.Member(name: "store_id", value: .string(Hexadecimal.text(storeID)))) }
    console.print(JSON.object(head + members).text)
  }

  private static let alignments: [TextTable.Alignment] = [.right, .left, .left, .left, .left, .left, .left]

  private var widths: [Int] { [8, 12, 23, 19] + (namesCustomers ? [36, 16, 0] : [0]) }

  private mutating func titles() {
    guard !hasTitles else { return }
    hasTitles = true
    let titles =
      ["REVISION", "TIME (UTC)", "FROM -> TO", "CAUSE"] + (namesCustomers ? ["CUSTOMER", "EXTERNAL ID"] : [])
    line((titles + ["ABOUT"]).map { TextTable.Cell($0, .dim) })
  }

  private func row(
    revision: UInt64, at: GoogleProtobuf.Timestamp?, from: GatehouseV1.CustomerState, to: GatehouseV1.CustomerState,
    cause: String, customer: GatehouseV1.Customer, about: String
  ) {
    let time = TimestampText.timeOfDay(microseconds: at?.unixMicroseconds ?? 0)
    let change = from == .unspecified ? "-> \(to.label)" : from == to ? to.label : "\(from.label) -> \(to.label)"
    var cells = [
      TextTable.Cell("\(revision)"), TextTable.Cell(time, .dim), TextTable.Cell(change, to.ink), TextTable.Cell(cause),
    ]
    if namesCustomers { cells += [TextTable.Cell(customer.id), TextTable.Cell(customer.externalId)] }
    line(cells + [TextTable.Cell(about, .dim)])
  }

  private func line(_ cells: [TextTable.Cell]) {
    console.print(TextTable.line(cells, widths, Self.alignments, console.palette))
  }
}
