internal import GatehouseAPI
internal import ProtobufWire

/// Stopping customers, letting them on again, and refusing them for good.
enum HoldCommands {
  static let all: [Subcommand] = [activate, deactivate, reject]

  private static let words = ["partner", "operational", "risk"]
  private static let kinds = Setting(
    "kind", .choice(words), repeats: true, "Lifts holds of this kind only; may be given more than once.")
  private static let kind = Setting(
    "kind", .choice(words), "The kind of hold: partner by default for a partner, operational for the platform.")
  private static let privateDetail = Setting(
    "private-detail", .text("TEXT"), "What only the platform role sees, at most 1024 bytes.")
  private static let evidence = Setting(
    "evidence", .text("TEXT"), "What the decision rests on, at most 1024 bytes; only the platform role sees it.")

  static let activate = Subcommand.client(
    "activate", "lifts holds; the customer is ACTIVE when none is left",
    operands: [ClientFlags.customer],
    flags: [
      kinds.flag, ClientFlags.reason.flag, ClientFlags.expectedRevision.flag, ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.ActivateRequest()
    request.customerId = command.customerID
    request.kinds = try command.arguments.values(kinds).compactMap(GatehouseV1.HoldKind.init(word:))
    request.reason = try command.text(ClientFlags.reason)
    request.expectedRevision = try command.number(ClientFlags.expectedRevision)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.ActivateResponse = try command.session.call(.customerServiceActivate, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let deactivate = Subcommand.client(
    "deactivate", "places a hold; the customer is INACTIVE while there is one",
    operands: [ClientFlags.customer],
    flags: [
      kind.flag, ClientFlags.reason.flag, privateDetail.flag, ClientFlags.expectedRevision.flag,
      ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.DeactivateRequest()
    request.customerId = command.customerID
    request.kind = try command.arguments.value(kind).flatMap(GatehouseV1.HoldKind.init(word:)) ?? .unspecified
    request.reason = try command.text(ClientFlags.reason)
    request.privateDetail = try command.text(privateDetail)
    request.expectedRevision = try command.number(ClientFlags.expectedRevision)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.DeactivateResponse = try command.session.call(.customerServiceDeactivate, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let reject = Subcommand.client(
    "reject", "refuses a customer for good",
    discussion: "For the platform role. Final: neither the wallet nor the external id is ever taken in again.",
    operands: [ClientFlags.customer],
    flags: [ClientFlags.reason.flag, evidence.flag, ClientFlags.idempotencyKey.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.RejectRequest()
    request.customerId = command.customerID
    request.reason = try command.arguments.required(ClientFlags.reason)
    request.evidence = try command.text(evidence)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.RejectResponse = try command.session.call(.reviewServiceReject, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }
}

extension GatehouseV1.HoldKind {
  /// The kind that a word of the command line names.
  init?(word: String) {
    self.init(name: "HOLD_KIND_\(word.uppercased())")
  }
}
