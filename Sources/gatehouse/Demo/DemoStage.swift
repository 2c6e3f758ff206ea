internal import GatehouseAPI
internal import RPC
internal import System

/// Where the demonstration happens: one session with the server for the calls, another on which a Watch stream shows
/// each event as it comes. Every step that goes otherwise than told ends it.
final class DemoStage {
  private let console: Console
  private let palette: Palette
  private(set) var session: ServerSession
  private var stream: SessionStream<GatehouseV1.WatchResponse>
  /// The history that the revisions belong to.
  private(set) var storeID: [UInt8] = []
  /// The newest event that the Watch stream has delivered.
  private(set) var lastRevision: UInt64 = 0
  private(set) var checks = 0

  /// How long an answer or an event may take, in microseconds: far more than it does.
  private static let patience: Int64 = 10_000_000

  init(console: Console, address: HostPort) throws(CommandFailure) {
    self.console = console
    palette = console.palette
    session = ServerSession(address: address, token: nil, timeout: Self.patience)
    stream = try Self.watch(address, after: 0, storeID: [])
  }

  /// Goes on with a server that was started again, from the event behind the last one that was seen.
  func reconnect(to address: HostPort) throws(CommandFailure) {
    session = ServerSession(address: address, token: nil, timeout: Self.patience)
    stream = try Self.watch(address, after: lastRevision, storeID: storeID)
  }

  private static func watch(
    _ address: HostPort, after revision: UInt64, storeID: [UInt8]
  ) throws(CommandFailure) -> SessionStream<GatehouseV1.WatchResponse> {
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = revision
    request.storeId = storeID
    request.progressIntervalMs = 500
    return try ServerSession(address: address, token: nil, timeout: patience).stream(.customerServiceWatch, request)
  }

  // MARK: What is told

  func act(_ title: String) {
    console.print("\n\(palette.paint(title, .bold))")
  }

  func tell(_ text: String) {
    for line in HelpText.wrap(text, indent: 2) { console.print(palette.paint(line, .dim)) }
  }

  /// A step that went as it should, and the events that came of it, up to a revision.
  func done(_ what: String, upTo revision: UInt64? = nil) throws(CommandFailure) {
    checks += 1
    console.print("  \(palette.paint("ok", .green))  \(PlainText.escaped(what))")
    if let revision { try catchUp(to: revision, after: what) }
  }

  // MARK: What is expected

  /// Ends the demonstration unless something is as it should be.
  func expect(_ holds: Bool, _ what: String, found: @autoclosure () -> String = "") throws(CommandFailure) {
    guard holds else {
      let found = found()
      throw CommandFailure(.failure, "the demonstration went otherwise: \(what)", details: found.isEmpty ? [] : [found])
    }
    checks += 1
  }

  /// A step that the server has to refuse for the reason given; the events that come of that up to the customer's
  /// newest.
  func refused(
    _ what: String, _ reason: GatehouseV1.Reason, of customer: String? = nil,
    _ body: () throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    do {
      try body()
    } catch {
      guard let refusal = error.refusal, refusal.reason == reason.shortName else {
        throw failure(what, because: error, expected: reason.shortName)
      }
      checks += 1
      let verdict = palette.paint("\(refusal.code.name) \(reason.shortName)", .yellow)
      console.print("  \(palette.paint("ok", .green))  \(PlainText.escaped(what)): \(verdict)")
      if let customer { try catchUp(to: try get(customer).revision, after: what) }
      return
    }
    throw failure(what, because: nil, expected: reason.shortName)
  }

  private func failure(_ what: String, because error: CommandFailure?, expected reason: String) -> CommandFailure {
    CommandFailure(
      .failure, "the demonstration went otherwise: \(what)",
      details: ["expected to be refused as \(reason)", error.map { "found \($0.message)" } ?? "was not refused"])
  }

  func get(_ id: String) throws(CommandFailure) -> GatehouseV1.Customer {
    var request = GatehouseV1.GetCustomerRequest()
    request.customerId = id
    let response: GatehouseV1.GetCustomerResponse = try session.call(.customerServiceGetCustomer, request)
    return response.customer ?? GatehouseV1.Customer()
  }

  // MARK: What the Watch stream shows

  /// Takes events from the stream until one with the revision has come.
  func catchUp(to revision: UInt64, after what: String) throws(CommandFailure) {
    let deadline = MonotonicClock.now() &+ UInt64(Self.patience) &* 1000
    while lastRevision < revision {
      guard MonotonicClock.now() < deadline, let message = try stream.next() else {
        throw CommandFailure(.failure, "the Watch stream has not shown revision \(revision) after \"\(what)\"")
      }
      if !message.storeId.isEmpty { storeID = message.storeId }
      for event in message.events {
        try expect(
          event.revision == lastRevision + 1, "the Watch stream shows every event once, in order",
          found: "revision \(event.revision) came after \(lastRevision)")
        lastRevision = event.revision
        show(event)
      }
      if let progress = message.progress?.revision, progress > lastRevision {
        throw CommandFailure(
          .failure, "the Watch stream says that it has shown revision \(progress), and is at \(lastRevision)")
      }
    }
  }

  private func show(_ event: GatehouseV1.Event) {
    let customer = event.customer ?? GatehouseV1.Customer()
    let cause = event.cause ?? GatehouseV1.Cause()
    let change =
      event.from == .unspecified
      ? "-> \(event.to.label)"
      : event.from == event.to ? event.to.label : "\(event.from.label) -> \(event.to.label)"
    let about = [cause.reason, customer.held, customer.waiting].first { !$0.isEmpty } ?? ""
    let cells = [
      TextTable.Cell("#\(event.revision)", .dim),
      TextTable.Cell(TimestampText.timeOfDay(microseconds: event.at?.unixMicroseconds ?? 0), .dim),
      TextTable.Cell(customer.externalId, .bold), TextTable.Cell(change, event.to.ink),
      TextTable.Cell(cause.command.shortName), TextTable.Cell(about, .dim),
    ]
    let row = TextTable.line(cells, [4, 12, 6, 23, 19, 0], [.right, .left, .left, .left, .left, .left], palette)
    console.print("        \(row)")
  }
}
