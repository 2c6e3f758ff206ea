internal import GatehouseAPI
internal import Services

/// Playing the third parties, on a server that runs with `--sandbox`.
enum SimulatorCommands {
  static let group = Subcommand(
    name: "simulate", summary: "plays the third parties, where the server is a sandbox",
    discussion: """
      What a third party says may come late, early, repeatedly, or about another attempt: --delay, --times and \
      --attempt. A provider that fails is an inconclusive screening, with a --detail.

      The sandbox plays by itself for a customer whose external id ends with a lever, or with one for the screening \
      and one for the identity verification, as in "order-7~outage~retry":
      \(levers)

      Attempts come when they are due: serve's --confirmation-delay, --backoff-base and --backoff-cap say when, 0 is \
      at once.
      """,
    children: [verify, reject, screen])

  private static let levers = SandboxLever.allCases.map { "~\($0.rawValue): \($0.summary)" }.joined(separator: "\n")

  private static let outcome = Setting(
    "outcome", .choice(ReviewCommands.verificationOutcomes), default: "approved", "What the verification comes to.")
  private static let delay = Setting(
    "delay", .duration(0...3_600_000_000), default: "0s",
    "How long until the report comes; the command does not wait for it.")
  private static let times = Setting(
    "times", .number("N", 1...10), default: "1", "How often the same report comes.")

  static let verify = Subcommand.client(
    "verify", "the customer's verification is passed, or comes to another --outcome",
    operands: [ClientFlags.customer],
    flags: [outcome.flag, ClientFlags.attempt.flag, ClientFlags.reason.flag, delay.flag, times.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = command.customerID
    request.outcome = ReviewCommands.verificationOutcome(try command.arguments.required(outcome))
    request.attempt = try command.attempt()
    request.reason = try command.text(ClientFlags.reason)
    request.delayMs = UInt32(try command.arguments.required(delay) / 1000)
    request.times = UInt32(try command.arguments.required(times))
    let response: GatehouseV1.SimulateVerifyResponse = try command.session.call(.simulatorServiceVerify, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let reject = Subcommand.client(
    "reject", "the customer's screening or identity verification is failed for good",
    operands: [ClientFlags.customer]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SimulateRejectRequest()
    request.customerId = command.customerID
    let response: GatehouseV1.SimulateRejectResponse = try command.session.call(.simulatorServiceReject, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let screen = Subcommand.client(
    "screen", "the customer's screening ends with an outcome",
    operands: [
      ClientFlags.customer,
      Subcommand.Operand(name: "OUTCOME", summary: ReviewCommands.screeningOutcomes.placeholder),
    ],
    flags: [
      ClientFlags.attempt.flag, ClientFlags.provider.flag, ClientFlags.detail.flag, delay.flag, times.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SimulateScreenRequest()
    request.customerId = command.customerID
    request.outcome = try command.screeningOutcome(ReviewCommands.screeningOutcomes)
    request.attempt = try command.attempt()
    request.provider = try command.text(ClientFlags.provider)
    request.detail = try command.text(ClientFlags.detail)
    request.delayMs = UInt32(try command.arguments.required(delay) / 1000)
    request.times = UInt32(try command.arguments.required(times))
    let response: GatehouseV1.SimulateScreenResponse = try command.session.call(.simulatorServiceScreen, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }
}
