internal import GatehouseAPI
internal import ProtobufWire

/// What third parties say about customers.
enum ReviewCommands {
  static let all: [Subcommand] = [
    Subcommand(name: "screening", summary: "screenings of wallets", children: [reportScreening, requestScreening]),
    Subcommand(
      name: "verification", summary: "identity verifications",
      children: [startVerification, reportVerification, showVerification]),
  ]

  private static let risk = Setting("risk", .text("TEXT"), "The provider's measure of risk, at most 64 bytes.")
  private static let final = Switch(
    "final", "A person has decided: a hit needs no confirmation, a clear stands even after a hit.")
  private static let sessionURL = Setting(
    "session-url", .text("URL"), "Where the customer goes to be verified, at most 2048 bytes.")
  private static let expiresAt = Setting(
    "expires-at", .moment, "When the session lapses; leave it out where the provider names no end.")
  private static let screeningOutcome = ValueForm.choice(["clear", "hit", "inconclusive"])
  /// Shared with the simulator.
  static let verificationOutcomes = ["approved", "declined", "retry", "expired"]
  private static let verificationWord = ValueForm.choice(verificationOutcomes)

  static let reportScreening = Subcommand.client(
    "report", "reports what a screening of the customer's wallet found",
    discussion: """
      For the platform role. A hit counts once a second screening confirms it; inconclusive never counts as clear. A \
      report for an attempt that is not the present one changes nothing.
      """,
    operands: [ClientFlags.customer, Subcommand.Operand(name: "OUTCOME", summary: screeningOutcome.placeholder)],
    flags: [
      ClientFlags.attempt.flag, ClientFlags.provider.flag, ClientFlags.reference.flag, risk.flag,
      ClientFlags.detail.flag, final.flag, ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.ReportScreeningRequest()
    request.customerId = command.customerID
    request.outcome = try command.screeningOutcome(screeningOutcome)
    request.attempt = try command.attempt()
    request.provider = try command.text(ClientFlags.provider)
    request.reference = try command.text(ClientFlags.reference)
    request.risk = try command.text(risk)
    request.detail = try command.text(ClientFlags.detail)
    request.final = try command.arguments.isOn(final)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.ReportScreeningResponse =
      try command.session.call(.reviewServiceReportScreening, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let requestScreening = Subcommand.client(
    "request", "has the wallet of an ACTIVE or INACTIVE customer screened again",
    discussion: """
      For the platform role. A hit places a RISK hold at once, a confirmed one rejects; clear lifts nothing. Nothing \
      changes while a screening is open, unless it waits for a person: then it begins anew.
      """,
    operands: [ClientFlags.customer], flags: [ClientFlags.reason.flag, ClientFlags.idempotencyKey.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.RequestScreeningRequest()
    request.customerId = command.customerID
    request.reason = try command.text(ClientFlags.reason)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.RequestScreeningResponse =
      try command.session.call(.reviewServiceRequestScreening, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let startVerification = Subcommand.client(
    "start", "says that a verification session was opened for the customer",
    discussion: "For the platform role.",
    operands: [ClientFlags.customer],
    flags: [
      ClientFlags.attempt.flag, ClientFlags.provider.flag, ClientFlags.reference.flag, sessionURL.flag,
      expiresAt.flag, ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.StartVerificationRequest()
    request.customerId = command.customerID
    request.attempt = try command.attempt()
    request.provider = try command.arguments.required(ClientFlags.provider)
    request.reference = try command.text(ClientFlags.reference)
    request.sessionUrl = try command.text(sessionURL)
    request.expiresAt = try command.arguments.value(expiresAt).map(GoogleProtobuf.Timestamp.init(unixMicroseconds:))
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.StartVerificationResponse =
      try command.session.call(.reviewServiceStartVerification, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let reportVerification = Subcommand.client(
    "report", "reports what an identity verification came to",
    discussion: """
      For the platform role. declined refuses for good; retry opens the next attempt, its --reason says what the \
      customer has to mend; expired asks for a new session.
      """,
    operands: [ClientFlags.customer, Subcommand.Operand(name: "OUTCOME", summary: verificationWord.placeholder)],
    flags: [
      ClientFlags.attempt.flag, ClientFlags.provider.flag, ClientFlags.reference.flag, ClientFlags.detail.flag,
      ClientFlags.reason.flag, ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.ReportVerificationRequest()
    request.customerId = command.customerID
    request.outcome = verificationOutcome(try command.arguments.operand(1, verificationWord) ?? "")
    request.attempt = try command.attempt()
    request.provider = try command.text(ClientFlags.provider)
    request.reference = try command.text(ClientFlags.reference)
    request.detail = try command.text(ClientFlags.detail)
    request.reason = try command.text(ClientFlags.reason)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.ReportVerificationResponse =
      try command.session.call(.reviewServiceReportVerification, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let showVerification = Subcommand.client(
    "get", "prints what the customer's verification session needs, while VERIFYING",
    operands: [ClientFlags.customer]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.GetVerificationRequest()
    request.customerId = command.customerID
    let response: GatehouseV1.GetVerificationResponse =
      try command.session.call(.customerServiceGetVerification, request)
    command.printer.verification(response.verification ?? GatehouseV1.Verification())
  }

  /// Shared with the simulator.
  static let screeningOutcomes = screeningOutcome

  static func verificationOutcome(_ word: String) -> GatehouseV1.VerificationOutcome {
    GatehouseV1.VerificationOutcome(name: "VERIFICATION_OUTCOME_\(word.uppercased())") ?? .unspecified
  }
}

extension ClientCommand {
  /// The outcome that the second operand names.
  func screeningOutcome(_ form: ValueForm<String>) throws(CommandFailure) -> GatehouseV1.ScreeningOutcome {
    let word = try arguments.operand(1, form) ?? ""
    return GatehouseV1.ScreeningOutcome(name: "SCREENING_OUTCOME_\(word.uppercased())") ?? .unspecified
  }
}

extension ValueForm where Value == Int64 {
  /// A moment in RFC 3339, as Unix microseconds.
  static var moment: ValueForm {
    ValueForm("2026-08-01T12:00:00Z") { text throws(ValueProblem) in try TimestampText.microseconds(text) }
  }
}
