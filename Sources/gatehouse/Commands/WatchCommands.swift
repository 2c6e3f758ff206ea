internal import Client
internal import GatehouseAPI

/// Following customers as they change.
enum WatchCommands {
  static let all: [Subcommand] = [watch, stats]

  private static let after = Setting(
    "after", .number("REVISION"), "Every event behind this revision, then live ones; 0 begins with the very first.")
  private static let snapshot = Switch(
    "snapshot", "The present state of each customer first, then every event behind that.")
  private static let storeID = Setting(
    "store-id", .hexadecimal(), "The history that --after belongs to; refused when the server has another.")
  private static let states = Setting(
    "state", ClientFlags.states.form, repeats: true,
    "Only events that leave or enter this state; may be given more than once.")
  private static let customers = Setting(
    "customer", .text("ID"), repeats: true, "Only this customer's events; may be given more than once.")
  private static let latestOnly = Switch(
    "latest-only", "When falling behind: only each customer's newest event; says how many were skipped.")
  private static let progress = Switch("progress", "Also prints how far the stream is.")
  private static let progressInterval = Setting(
    "progress-interval", .duration(10_000...3_600_000_000), default: "5s",
    "How often the server says how far the stream is when nothing matched.")
  private static let count = Setting(
    "count", .number("N", 1...UInt64.max), "Ends after so many events (and customers of the snapshot).")
  private static let follow = Switch("follow", "Goes on, with a line whenever something has changed.")
  private static let interval = Setting(
    "interval", .duration(100_000...3_600_000_000), default: "1s", "With --follow: how often at the most.")

  static let watch = Subcommand.client(
    "watch", "prints events as they happen",
    discussion: """
      Without --after and --snapshot it begins with what happens from now on. With --json each line has a "kind": \
      event, current, snapshot_complete, progress or skipped. When the connection is lost it connects again and goes \
      on behind the last event; a snapshot that was cut off begins again, which a line of kind snapshot_begun says.
      """,
    flags: [
      after.flag, snapshot.flag, storeID.flag, states.flag, customers.flag, latestOnly.flag, progress.flag,
      progressInterval.flag, count.flag, ClientFlags.tenant.flag,
    ]
  ) { command throws(CommandFailure) in
    let request = try request(command)
    let showsProgress = try command.arguments.isOn(progress)
    var left = try command.arguments.value(count) ?? UInt64.max
    var printer = EventPrinter(
      console: command.printer.console, isJSON: command.printer.isJSON, namesCustomers: true)
    let console = command.printer.console
    let watch = try command.session.watch(request) { console.complain("gatehouse: interrupted, goes on: \($0)") }
    var skipped: UInt64 = 0
    while left > 0, let change = try next(of: watch) {
      printer.storeID = watch.storeID
      if watch.skipped > skipped { printer.skipped(watch.skipped - skipped) }
      skipped = watch.skipped
      switch change {
      case .snapshotBegun(let reason): printer.snapshotBegun(reason: reason)
      case .current(let customer): printer.current(customer)
      case .snapshotComplete(let revision, let customers):
        printer.snapshotComplete(revision: revision, customers: customers)
      case .event(let event): printer.event(event)
      case .progress(let revision): if showsProgress { printer.progress(revision) }
      }
      if change.isCounted { left -= 1 }
    }
  }

  private static func next(of watch: Watch) throws(CommandFailure) -> WatchChange? {
    do {
      return try watch.nextBlocking()
    } catch {
      throw CommandFailure(refused: error.status)
    }
  }

  private static func request(_ command: ClientCommand) throws(CommandFailure) -> GatehouseV1.WatchRequest {
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = try command.arguments.value(after)
    request.snapshot = try command.arguments.isOn(snapshot)
    guard request.afterRevision == nil || !request.snapshot else {
      throw command.arguments.usage("gatehouse watch takes --after or --snapshot, not both")
    }
    request.storeId = try command.arguments.value(storeID) ?? []
    request.states = try command.states(states)
    request.customerIds = try command.arguments.values(customers)
    request.latestOnly = try command.arguments.isOn(latestOnly)
    request.progressIntervalMs = milliseconds(try command.arguments.required(progressInterval))
    request.tenant = try command.text(ClientFlags.tenant)
    return request
  }

  static let stats = Subcommand.client(
    "stats", "prints how many customers are in each state, and the transitions so far",
    flags: [follow.flag, interval.flag, ClientFlags.tenant.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.WatchStatsRequest()
    request.intervalMs = milliseconds(try command.arguments.required(interval))
    request.tenant = try command.text(ClientFlags.tenant)
    let follows = try command.arguments.isOn(follow)
    let stream: SessionStream<GatehouseV1.WatchStatsResponse> =
      try command.session.stream(.customerServiceWatchStats, request)
    while let message = try stream.next() {
      command.printer.stats(message, isBrief: follows)
      guard follows else { return }
    }
  }

  private static func milliseconds(_ microseconds: Int64) -> UInt32 {
    UInt32(clamping: microseconds / 1000)
  }
}

extension WatchChange {
  /// Whether `--count` counts it.
  fileprivate var isCounted: Bool {
    switch self {
    case .event, .current: true
    case .snapshotBegun, .snapshotComplete, .progress: false
    }
  }
}
