internal import System

// What can be measured without a server: the computing that calls are made of.

extension BenchCommands {
  private static let duration = Setting(
    "duration", .duration(1_000...3_600_000_000), default: "200ms", "How long each row is measured, each time.")
  private static let repetitions = Setting(
    "repetitions", .number("N", 1...1000), default: "5", "How often each row is measured.")

  static let computing = [
    computing(
      "signature", "measures how many signatures a core checks in a second",
      """
      Checks signatures of 256 wallets over challenges, as the server does for SubmitChallenge: reads the signature, \
      hashes the message, recovers the key and compares its address. Then each of these parts by itself.
      """
    ) { timer throws(CommandFailure) in
      let bench = SignatureBench()
      guard bench.isSound else { throw CommandFailure(.failure, "signatures are not checked as they should be") }
      return bench.run(timer)
    },
    computing(
      "codec", "measures how fast messages and frames are encoded and decoded",
      """
      Encodes and decodes the messages and frames that most bytes are made of, beside copying as many bytes. Then the \
      checksums of addresses, which every creation takes one of.
      """
    ) { CodecBench($0).run() + ChecksumBench().run($0) },
  ]

  private static func computing(
    _ name: String, _ summary: String, _ discussion: String,
    _ run: @escaping @Sendable (StepTimer) throws(CommandFailure) -> [ScenarioResult]
  ) -> Subcommand {
    Subcommand(
      name: name, summary: summary, discussion: discussion + " On one thread, for a second of its processor time.",
      flags: [duration.flag, repetitions.flag, plot.flag, ClientFlags.json.flag]
    ) { arguments, console throws(CommandFailure) in
      let timer = StepTimer(
        nanoseconds: UInt64(try arguments.value(duration) ?? 0) * 1000,
        repetitions: Int(try arguments.value(repetitions) ?? 1))
      let before = MachineLoad.now()
      let processor = ResourceUsage.processorTime()
      var report = BenchReport(machine: .init(directory: nil), results: try run(timer))
      report.doubtMachine(since: before, ownMicroseconds: ResourceUsage.processorTime() - processor)
      report.doubtWideSpreads()
      try hand(out: report, arguments, console)
    }
  }
}
