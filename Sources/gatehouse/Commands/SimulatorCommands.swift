internal import GatehouseAPI

/// Playing the third parties, on a server that runs with `--sandbox`.
enum SimulatorCommands {
  static let group = Subcommand(
    name: "simulate", summary: "plays the third parties, where the server is a sandbox",
    children: [verify, reject, screen])

  static let verify = Subcommand.client(
    "verify", "the customer's identity verification is passed", operands: [ClientFlags.customer]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = command.customerID
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
    "screen", "the customer's present screening ends with an outcome",
    operands: [
      ClientFlags.customer,
      Subcommand.Operand(name: "OUTCOME", summary: ReviewCommands.screeningOutcomes.placeholder),
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SimulateScreenRequest()
    request.customerId = command.customerID
    request.outcome = try command.screeningOutcome(ReviewCommands.screeningOutcomes)
    let response: GatehouseV1.SimulateScreenResponse = try command.session.call(.simulatorServiceScreen, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }
}
