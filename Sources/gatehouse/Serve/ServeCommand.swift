/// Running a server: what can be set, and what that is by default.
enum ServeCommand {
  static let listen = Setting(
    "listen", .hostPort(0...65535), default: "127.0.0.1:7420", "Where to take connections; port 0 picks a free one.")
  static let data = Setting(
    "data", .text("DIR"), default: "./gatehouse-data", "The data directory; made when it is not there.")
  static let tokens = Setting(
    "tokens", .text("FILE"),
    "Who may call: a file with the digests of tokens, read again on SIGHUP. Without it every caller is the platform.")
  static let insecure = Switch(
    "insecure",
    "Without --tokens: takes connections from other machines although every caller is then the platform.")
  static let sandbox = Switch("sandbox", "Plays the third parties, and offers the SimulatorService.")
  static let sandboxScreening = Setting(
    "sandbox-screening", .choice(["auto", "manual"]), default: "auto",
    "In the sandbox: whether screenings are clear by themselves, or wait for the simulator.")
  static let sandboxVerification = Setting(
    "sandbox-verification", .choice(["manual", "auto"]), default: "manual",
    "In the sandbox: whether identity verifications wait for the simulator, or are passed by themselves.")
  static let rescreenEvery = Setting(
    "rescreen-every", .duration(0...315_360_000_000_000), default: "0s",
    "How long after a clear screening an ACTIVE or INACTIVE customer's wallet is screened again; 0 for never.")
  static let challengeDomain = Setting(
    "challenge-domain", .text("DOMAIN"), default: "localhost", "Who asks for the signature: an RFC 3986 authority.")
  static let challengeURI = Setting(
    "challenge-uri", .text("URI"), default: "http://localhost", "What the signature is for: an RFC 3986 URI.")
  static let challengeStatement = Setting(
    "challenge-statement", .text("TEXT"), default: "Sign in to prove that this wallet is yours.",
    "What the wallet shows its owner: one line of the characters that EIP-4361 allows.")
  static let challengeTTL = Setting(
    "challenge-ttl", .duration(1_000_000...604_800_000_000), default: "1h",
    "How long a challenge is accepted; a number alone is seconds.")
  static let idempotencyWindow = Setting(
    "idempotency-window", .duration(1_000_000...2_592_000_000_000), default: "24h",
    "How long the first answer to an idempotency key is kept.")
  static let snapshotBytes = Setting(
    "snapshot-bytes", .byteCount((64 << 10)...(1 << 40)), default: "256MiB",
    "How much log behind the newest snapshot makes another one due; sooner when a start would replay for two seconds.")
  static let retain = Setting(
    "retain", .retention, default: "all",
    "What of the log is kept beyond what a start needs: all, a length of time such as 90d, or N revisions.")
  static let archive = Setting(
    "archive", .text("DIR"), "Where each segment of the log is handed over when it is full, before it may be let go.")
  static let scrubRate = Setting(
    "scrub-rate", .byteCount(0...(1 << 40)), default: "8MiB",
    "How much of the disk is read again and verified in a second, in the background; 0 for none.")
  static let loops = Setting(
    "loops", .number("N", 1...64), default: "1", "How many event loops share the connections, each a thread.")
  static let workers = Setting(
    "workers", .number("N", 1...64), default: "2", "How many threads check signatures and read the log.")
  static let maxConnections = Setting(
    "max-connections", .number("N", 1...1_000_000), default: "10000", "How many connections are open at once.")
  static let maxStreams = Setting(
    "max-streams", .number("N", 1...1_000_000), default: "1024", "How many calls are open at once on a connection.")
  static let maxFrameBytes = Setting(
    "max-frame-bytes", .byteCount(4096...(1 << 24 - 1)), default: "1MiB", "The longest frame that is read.")
  static let maxCalls = Setting(
    "max-calls", .number("N", 0...1_000_000_000), default: "0",
    "How many calls a second each principal may make; 0 for no limit.")
  static let maxPrincipalStreams = Setting(
    "max-principal-streams", .number("N", 0...1_000_000_000), default: "100000",
    "How many streaming calls each principal may have open, over all its connections; 0 for no limit.")
  static let maxMismatches = Setting(
    "max-mismatches", .number("N", 0...1_000_000_000), default: "0",
    "How many wrong signatures each principal may submit within an hour; 0 for no limit.")
  static let drainTime = Setting(
    "drain-time", .duration(0...3_600_000_000), default: "10s",
    "How long a graceful stop waits for calls and connections.")
  static let logFormat = Setting(
    "log-format", .choice(Logger.Format.allCases.map(\.rawValue)), default: "text",
    "How log lines on standard error look.")
  static let logLevel = Setting(
    "log-level", .choice(Logger.Level.allCases.map(\.rawValue)), default: "info", "The least level that is logged.")

  static let command = Subcommand(
    name: "serve", summary: "runs the server",
    discussion: """
      Prints "gatehouse: listening on HOST:PORT" on standard output once it takes connections; logs go to standard \
      error. SIGTERM or SIGINT stops it gracefully, a second one at once; SIGUSR1 has a snapshot taken; SIGHUP has the \
      tokens file read again. Exit codes: 2 usage, 3 data directory in use, 4 journal damaged, 5 disk failure, 1 \
      anything else.
      """,
    flags: [
      listen.flag, data.flag, tokens.flag, insecure.flag, sandbox.flag, sandboxScreening.flag, sandboxVerification.flag,
      rescreenEvery.flag, challengeDomain.flag, challengeURI.flag, challengeStatement.flag, challengeTTL.flag,
      idempotencyWindow.flag,
      snapshotBytes.flag, retain.flag, archive.flag, scrubRate.flag, loops.flag, workers.flag, maxConnections.flag,
      maxStreams.flag, maxFrameBytes.flag, maxCalls.flag, maxPrincipalStreams.flag, maxMismatches.flag,
      drainTime.flag,
      logFormat.flag, logLevel.flag,
    ] + ReviewFlags.all
  ) { arguments, console throws(CommandFailure) in
    try ServerProcess.run(try ServeSettings(arguments), console)
  }
}
