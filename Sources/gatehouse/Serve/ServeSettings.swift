internal import Lifecycle
internal import Services
internal import Store
internal import Wallet

/// What `serve` was told, checked.
struct ServeSettings: Sendable {
  let listen: HostPort
  let dataDirectory: String
  /// Where the tokens are; nil where everybody is the platform.
  let tokens: String?
  let principalLimits: PrincipalLimits
  let sandbox: Sandbox?
  let signIn: SignInSettings
  /// In microseconds, as are the other lengths of time.
  let challengeTimeToLive: Int64
  let idempotencyWindow: Int64
  /// With `challengeTimeToLive`.
  let policy: Policy
  let keeping: KeepingSettings
  let drainTime: Int64
  let loops: Int
  let workers: Int
  let maxConnections: Int
  let maxStreams: Int
  let maxFrameBytes: Int
  let logger: Logger

  /// How the third parties are played.
  struct Sandbox: Equatable, Sendable {
    let screensAutomatically: Bool
    let verifiesAutomatically: Bool
  }

  init(_ arguments: Arguments) throws(CommandFailure) {
    typealias Flags = ServeCommand
    listen = try arguments.required(Flags.listen)
    tokens = try arguments.value(Flags.tokens)
    let isOpen = try arguments.isOn(Flags.insecure)
    guard listen.isLoopback || tokens != nil || isOpen else {
      throw arguments.usage(
        "--listen \(listen) can be reached from other machines, and every caller would be the platform",
        hint: "Name the callers with --tokens, listen on 127.0.0.1, or add --insecure to accept that.")
    }
    principalLimits = try Self.principalLimits(arguments)
    dataDirectory = try arguments.required(Flags.data)
    let isSandbox = try arguments.isOn(Flags.sandbox)
    for flag in [Flags.sandboxScreening.flag, Flags.sandboxVerification.flag] {
      guard isSandbox || arguments.given[flag.name] == nil else {
        throw arguments.usage("--\(flag.name) means nothing without --sandbox")
      }
    }
    sandbox =
      isSandbox
      ? Sandbox(
        screensAutomatically: try arguments.required(Flags.sandboxScreening) == "auto",
        verifiesAutomatically: try arguments.required(Flags.sandboxVerification) == "auto") : nil
    signIn = try Self.signIn(arguments)
    challengeTimeToLive = try arguments.required(Flags.challengeTTL)
    idempotencyWindow = try arguments.required(Flags.idempotencyWindow)
    var policy = try ReviewFlags.policy(arguments)
    policy.challengeTimeToLive = challengeTimeToLive
    let interval = try arguments.required(Flags.rescreenEvery)
    policy.rescreeningInterval = interval == 0 ? nil : interval
    self.policy = policy
    keeping = try Self.keeping(arguments)
    drainTime = try arguments.required(Flags.drainTime)
    loops = Int(try arguments.required(Flags.loops))
    workers = Int(try arguments.required(Flags.workers))
    maxConnections = Int(try arguments.required(Flags.maxConnections))
    maxStreams = Int(try arguments.required(Flags.maxStreams))
    maxFrameBytes = Int(try arguments.required(Flags.maxFrameBytes))
    logger = Logger(
      level: Logger.Level(rawValue: try arguments.required(Flags.logLevel)) ?? .info,
      format: Logger.Format(rawValue: try arguments.required(Flags.logFormat)) ?? .text)
  }

  private static func keeping(_ arguments: Arguments) throws(CommandFailure) -> KeepingSettings {
    var keeping = KeepingSettings()
    keeping.snapshotBytes = Int(try arguments.required(ServeCommand.snapshotBytes))
    keeping.retention = try arguments.required(ServeCommand.retain)
    keeping.archive = try arguments.value(ServeCommand.archive)
    keeping.scrubRate = Int(try arguments.required(ServeCommand.scrubRate))
    return keeping
  }

  private static func principalLimits(_ arguments: Arguments) throws(CommandFailure) -> PrincipalLimits {
    func limit(_ setting: Setting<UInt64>) throws(CommandFailure) -> UInt64? {
      let count = try arguments.required(setting)
      return count == 0 ? nil : count
    }
    var limits = PrincipalLimits()
    limits.callsASecond = try limit(ServeCommand.maxCalls)
    limits.streams = try limit(ServeCommand.maxPrincipalStreams)
    limits.mismatchesAnHour = try limit(ServeCommand.maxMismatches)
    return limits
  }

  private static func signIn(_ arguments: Arguments) throws(CommandFailure) -> SignInSettings {
    let domain = try arguments.required(ServeCommand.challengeDomain)
    let uri = try arguments.required(ServeCommand.challengeURI)
    let statement = try arguments.required(ServeCommand.challengeStatement)
    do {
      return try SignInSettings(domain: domain, uri: uri, statement: statement)
    } catch {
      let flag =
        switch error.setting {
        case .domain: ServeCommand.challengeDomain.flag
        case .uri: ServeCommand.challengeURI.flag
        case .statement: ServeCommand.challengeStatement.flag
        }
      throw arguments.usage("--\(flag.name): \(error)")
    }
  }
}
