internal import System

/// The commands that load a server: each measures one scenario, on a server of its own unless another one is named.
enum LoadCommands {
  static func command(_ scenario: LoadScenario) -> Subcommand {
    Subcommand(
      name: scenario.name, summary: scenario.summary, discussion: scenario.discussion,
      flags: LoadFlags.shared + scenario.flags
    ) { arguments, console throws(CommandFailure) in
      let settings = try LoadSettings(scenario, arguments)
      try withSession(arguments, console) { session throws(CommandFailure) in
        try report(of: session, arguments, console) { () throws(CommandFailure) in
          var results: [ScenarioResult] = []
          for shape in settings.shapes where !session.isInterrupted {
            results += try session.run(scenario, shape, settings)
          }
          if settings.shapes.count > 1 {
            session.conclude([Knee.sentence(results.filter { $0.name == scenario.name })].compactMap(\.self))
          }
          return results
        }
      }
    }
  }

  /// Measures, and prints what came of it with what it says together.
  static func report(
    of session: BenchSession, _ arguments: Arguments, _ console: Console,
    _ measure: () throws(CommandFailure) -> [ScenarioResult]
  ) throws(CommandFailure) {
    let (machine, usage) = (MachineLoad.now(), session.subject.usage())
    var report = BenchReport(machine: .init(directory: session.subject.directory), results: try measure())
    let used = session.subject.usage() - usage
    session.progress.end()
    report.conclusions = session.conclusions
    report.warnings += session.warnings
    // What another's server takes would be taken for others'.
    if let server = used.serverProcessor {
      report.doubtMachine(since: machine, ownMicroseconds: used.clientProcessor + server)
    }
    report.doubtWideSpreads()
    try BenchCommands.hand(out: report, arguments, console)
  }

  /// Calls `body` with a session on the server that the flags name, or on one that is there only for it.
  static func withSession(
    _ arguments: Arguments, _ console: Console, _ body: (BenchSession) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    CurrentProcess.raiseDescriptorLimit()
    let interruption: BenchInterruption
    do {
      interruption = try BenchInterruption()
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
    let progress = BenchProgress(console.note)
    let token = try arguments.value(ClientFlags.token)
    if let address = try foreignServer(arguments) {
      let subject = try BenchSubject(address: address, token: token, server: nil, directory: nil)
      return try body(BenchSession(subject: subject, interruption: interruption, progress: progress))
    }
    let directory = try temporaryDirectory()
    interruption.leave(process: nil, directory: directory.path)
    let data = try arguments.value(LoadFlags.directory) ?? "\(directory.path)/data"
    let server = try ServerChild(
      ["--listen", "127.0.0.1:0", "--data", data] + flags, logFile: "\(directory.path)/log", isApart: true)
    interruption.leave(process: server.processIdentifier, directory: directory.path)
    do throws(CommandFailure) {
      let subject = try BenchSubject(address: server.address, token: nil, server: server, directory: data)
      try body(BenchSession(subject: subject, interruption: interruption, progress: progress))
    } catch {
      progress.end()
      throw CommandFailure(error.exitCode, error.message, details: error.details + server.log())
    }
    if !server.stop() { throw CommandFailure(.failure, "the server did not stop as it should", details: server.log()) }
    interruption.leave(process: nil, directory: directory.path)
  }

  /// What a server of its own is told beyond where it is: that a load from one place is no mistake.
  private static let flags = ["--max-connections", "100000", "--max-streams", "65536"]

  private static func foreignServer(_ arguments: Arguments) throws(CommandFailure) -> HostPort? {
    let flag = LoadFlags.server.flag
    guard let given = arguments.given[flag.name]?.first else { return nil }
    guard given.source != flag.environmentVariable else {
      throw arguments.usage(
        "\(given.source) is set, and does not count here",
        hint: "Say --server \(given.text) to load that server and write into it, or unset the variable.")
    }
    return try arguments.value(LoadFlags.server)
  }

  private static func temporaryDirectory() throws(CommandFailure) -> TemporaryDirectory {
    do {
      return try TemporaryDirectory(prefix: "gatehouse-bench-")
    } catch {
      throw CommandFailure(.failure, "cannot make a temporary directory: \(error)")
    }
  }
}
