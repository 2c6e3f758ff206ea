/// What "gatehouse bench" does by itself: the main scenarios, one after the other, on one server.
enum MainBench {
  static let summary = "measures this program on this machine"
  static let discussion = """
    Without a command, runs the main scenarios against a server of its own, in about a minute, and prints what came of \
    them, beside what the machine allows at best. Each command runs one of them as told. Ctrl-C ends it with the \
    figures so far.
    """

  /// Short, so that all of it takes about a minute.
  private static let duration = Setting(
    "duration", .duration(1000...3_600_000_000), default: "1s", "How long each repetition is measured.")

  static let flags = [
    LoadFlags.server.flag, ClientFlags.token.flag, LoadFlags.directory.flag, LoadFlags.warmUp.flag, duration.flag,
    LoadFlags.repetitions.flag, LoadFlags.seed.flag, ClientFlags.json.flag, BenchCommands.plot.flag,
  ]

  /// The scenarios, each with its load: that of the scenario itself where none is named.
  private static let rows: [(scenario: LoadScenario, connections: Int?, inFlight: Int?)] = [
    (.create, 1, 1), (.create, 50, 1), (.create, 50, 64), (.onboard, nil, nil), (.get, 1, 1), (.get, 50, 64),
    (.mixed, nil, nil), (.watch, nil, nil), (.connect, nil, nil),
  ]

  static let run: Subcommand.Action = { arguments, console throws(CommandFailure) in
    try LoadCommands.withSession(arguments, console) { session throws(CommandFailure) in
      try LoadCommands.report(of: session, arguments, console) { () throws(CommandFailure) in
        var results: [ScenarioResult] = []
        for row in rows where !session.isInterrupted {
          var settings = try LoadSettings(row.scenario, arguments, duration: duration)
          settings.connections = row.connections ?? settings.connections
          settings.inFlight = row.inFlight.map { [$0] } ?? settings.inFlight
          for shape in settings.shapes { results += try session.run(row.scenario, shape, settings) }
        }
        return results
      }
    }
  }
}
