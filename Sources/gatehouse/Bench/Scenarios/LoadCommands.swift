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
    let ground = try BenchGround(console)
    if let address = try foreignServer(arguments) {
      try ground.withServer(at: address, token: try arguments.value(ClientFlags.token), body)
    } else {
      try ground.withOwnServer(directory: try arguments.value(LoadFlags.directory), body)
    }
  }

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
}
