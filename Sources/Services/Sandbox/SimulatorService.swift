internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store

// gatehouse.v1.SimulatorService: what the sandbox's third parties say when they are told to.

extension ServiceDispatcher {
  func simulateVerify(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateVerifyRequest.self)
    let number = request.outcome == .unspecified ? GatehouseV1.VerificationOutcome.approved : request.outcome
    guard let outcome = UInt8(exactly: number.rawValue).flatMap(VerificationReport.Outcome.init(rawValue:)) else {
      throw .fieldInvalid("outcome", "must be APPROVED, DECLINED, RETRY or EXPIRED")
    }
    try RequestValidation.text(request.reason, "reason", atMost: FieldLimit.reason)
    try simulate(
      call, request.customerId, .verification(outcome, reason: request.reason), attempt: request.attempt,
      times: request.times, delay: request.delayMs, on: store)
  }

  func simulateReject(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateRejectRequest.self)
    _ = try requireSandbox(call)
    let isScreened = try store[find(request.customerId, by: call.caller, on: store)].pending?.on == .screening
    try simulate(
      call, request.customerId,
      isScreened
        ? .screening(.hit, provider: "", detail: "", isFinal: true) : .verification(.declined, reason: ""),
      on: store)
  }

  func simulateScreen(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateScreenRequest.self)
    guard let outcome = UInt8(exactly: request.outcome.rawValue).flatMap(ScreeningReport.Outcome.init(rawValue:)) else {
      throw .fieldInvalid("outcome", "must be CLEAR, HIT or INCONCLUSIVE")
    }
    try RequestValidation.text(request.provider, "provider", atMost: FieldLimit.provider)
    try RequestValidation.text(request.detail, "detail", atMost: FieldLimit.privateDetail)
    try simulate(
      call, request.customerId,
      .screening(outcome, provider: request.provider, detail: request.detail, isFinal: false),
      attempt: request.attempt, times: request.times, delay: request.delayMs, on: store)
  }

  /// How often a report comes at the most, and how late, in milliseconds.
  private static let mostTimes: UInt32 = 10
  private static let longestDelay: UInt32 = 3_600_000

  private func simulate(
    _ call: borrowing CallRequest, _ customerID: String, _ word: SandboxReport.Word, attempt: UInt32 = 0,
    times: UInt32 = 1, delay: UInt32 = 0, on store: isolated CustomerStore
  ) throws(Status) {
    let sandbox = try requireSandbox(call)
    guard times <= Self.mostTimes else { throw .fieldInvalid("times", "must be at most \(Self.mostTimes)") }
    guard delay <= Self.longestDelay else { throw .fieldInvalid("delay_ms", "must be at most \(Self.longestDelay)") }
    let slot = try find(customerID, by: call.caller, on: store)
    try requireRoom(on: store)
    var report = SandboxReport(
      slot: slot, word: word, attempt: attempt, times: times, principal: call.caller.principal)
    if delay > 0 {
      report.attempt = sandbox.attempt(of: report, store)
      guard sandbox.schedule.add(.report(report), after: Int64(delay) * 1000) else { throw .workersBusy }
    } else {
      try succeeded(sandbox.deliver(report, store), by: call.caller, on: store)
    }
    call.succeed { render(store[slot], as: .customer, into: &$0) }
  }

  private func requireSandbox(_ call: borrowing CallRequest) throws(Status) -> Sandbox {
    if let sandbox { return sandbox }
    throw Status(
      .unimplemented, .methodUnknown, "there is no simulator: the server runs without --sandbox",
      metadata: [("method", call.method.path)])
  }
}
