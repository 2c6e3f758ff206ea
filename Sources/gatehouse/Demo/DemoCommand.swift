internal import GatehouseAPI
internal import System

/// Shows the whole of it, with nothing but this program.
enum DemoCommand {
  static let command = Subcommand(
    name: "demo", summary: "shows a server and customers who walk through every state",
    discussion: """
      Starts a server of its own on a free port, with a temporary directory that is removed at the end, and lets \
      customers with real (throw-away) wallets sign, be screened, verified, stopped and refused; then kills the \
      server and starts it again. A Watch stream shows each event as it happens. Takes a few seconds. Ends with 1 at \
      the first step that goes otherwise than it should.
      """
  ) { _, console throws(CommandFailure) in
    let cleanup: DemoCleanup
    do {
      cleanup = try DemoCleanup()
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
    let directory = try temporaryDirectory()
    cleanup.leave(process: nil, directory: directory.path)
    let began = MonotonicClock.now()
    let server = try DemoServer(directory: directory.path)
    cleanup.leave(process: server.processIdentifier, directory: directory.path)
    do throws(CommandFailure) {
      try play(server, console, began) { cleanup.leave(process: $0.processIdentifier, directory: directory.path) }
    } catch {
      throw CommandFailure(error.exitCode, error.message, details: error.details + server.log())
    }
    cleanup.leave(process: nil, directory: directory.path)
  }

  private static func temporaryDirectory() throws(CommandFailure) -> TemporaryDirectory {
    do {
      return try TemporaryDirectory(prefix: "gatehouse-demo-")
    } catch {
      throw CommandFailure(.failure, "cannot make a temporary directory: \(error)")
    }
  }

  /// - Parameter restarted: told when the server is another process.
  private static func play(
    _ server: DemoServer, _ console: Console, _ began: UInt64, restarted: (DemoServer) -> Void
  ) throws(CommandFailure) {
    let stage = try DemoStage(console: console, address: server.address)
    stage.act("A server starts")
    stage.tell("gatehouse \(DemoServer.words.joined(separator: " ")) --data …")
    try stage.done("process \(server.processIdentifier) listens on \(server.address); a Watch stream is open")
    stage.tell("Rows that begin with # come from the Watch stream, as they happen.")
    var story = DemoStory(stage: stage)
    let emil = try story.begin()
    let issued = MonotonicClock.now()
    let ada = try story.ada()
    try story.boris()
    try story.chen()
    try story.dora()
    try story.fay()
    try story.ivo()
    try story.hana()
    try story.gus()
    try story.finish(emil) {
      let passed = Int64((MonotonicClock.now() - issued) / 1000)
      // The server's clock has to be past the moment, to which it counts in microseconds.
      MonotonicClock.wait(microseconds: DemoServer.challengeTimeToLive - passed + 1000)
    }
    try story.crash(server, ada, started: restarted)
    try end(stage, server, console, began)
  }

  /// Counts, and a graceful stop.
  private static func end(
    _ stage: DemoStage, _ server: DemoServer, _ console: Console, _ began: UInt64
  ) throws(CommandFailure) {
    stage.act("In the end")
    let stream: SessionStream<GatehouseV1.WatchStatsResponse> =
      try stage.session.stream(.customerServiceWatchStats, GatehouseV1.WatchStatsRequest())
    let stats = try stream.next() ?? GatehouseV1.WatchStatsResponse()
    let states = Set(stats.counts.map(\.state.rawValue))
    try stage.expect(states.count == 6, "there are customers in every state", found: "in \(states.count)")
    try stage.expect(
      stats.revision == stage.lastRevision, "WatchStats and Watch agree",
      found: "\(stats.revision) and \(stage.lastRevision)")
    AnswerPrinter(console: console, isJSON: false).stats(stats, isBrief: false)
    try stage.expect(server.stop(), "SIGTERM stops the server, and it ends with exit code 0")
    try stage.done("SIGTERM: the server has stopped gracefully")
    let seconds = Double((MonotonicClock.now() - began) / 100_000_000) / 10
    let customers = stats.counts.reduce(0) { $0 + $1.customers }
    console.print(
      console.palette.paint(
        "\n\(stage.checks) checks passed: \(customers) customers, \(stage.lastRevision) events, \(seconds) s", .bold))
  }
}
