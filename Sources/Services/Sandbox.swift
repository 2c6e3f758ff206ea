internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store

/// Plays the third parties: acts on customers that come to wait for one, as soon as the turn that brought them there is
/// over, and does what the SimulatorService asks.
final class Sandbox: Sendable {
  /// The principal that events name which the sandbox makes by itself.
  static let principal = "sandbox"

  private let settings: SandboxSettings

  init(settings: SandboxSettings) {
    self.settings = settings
  }

  /// Acts on the customers that came into a new state in this turn, and on those whom that brings further.
  func act(on store: isolated CustomerStore) {
    var next = 0
    while next < store.arrivals.count {
      let arrival = store.arrivals[next]
      next += 1
      act(on: arrival.slot, in: arrival.state, store)
    }
  }

  /// Acts on one customer, as the settings say.
  func act(on slot: Slot, in state: State, _ store: isolated CustomerStore) {
    switch state {
    case .screening: if settings.screensAutomatically { _ = screen(slot, .clear, isFinal: false, store) }
    case .verifying: if settings.verifiesAutomatically { _ = verify(slot, .approved, store) }
    case .initiating, .active, .inactive, .rejected: break
    }
  }

  /// - Parameter principal: who asked for it: the cause of what comes of it.
  func screen(
    _ slot: Slot,
    _ outcome: ScreeningReport.Outcome,
    isFinal: Bool,
    for principal: String = Sandbox.principal,
    _ store: isolated CustomerStore
  ) -> CommandOutcome {
    // Each attempt by a provider of its own, so that a second hit confirms the first without a wait.
    let provider = "\(Self.principal)-\(store[slot].standing.pending?.attempt ?? 1)"
    let report = ScreeningReport(attempt: 0, outcome: outcome, final: isFinal, provider: provider)
    return store.perform(
      .reportScreening(report), on: slot, by: .platform,
      cause: Cause(command: .reportScreening, principal: principal),
      report: Report(
        attempt: 0, outcome: UInt32(outcome.rawValue), provider: provider, reference: "", detail: "",
        isFinal: isFinal))
  }

  /// - Parameter principal: who asked for it: the cause of what comes of it.
  func verify(
    _ slot: Slot,
    _ outcome: VerificationReport.Outcome,
    for principal: String = Sandbox.principal,
    _ store: isolated CustomerStore
  ) -> CommandOutcome {
    let report = VerificationReport(attempt: 0, outcome: outcome)
    return store.perform(
      .reportVerification(report), on: slot, by: .platform,
      cause: Cause(command: .reportVerification, principal: principal),
      report: Report(
        attempt: 0, outcome: UInt32(outcome.rawValue), provider: Self.principal, reference: "", detail: ""))
  }
}

/// A turn of the store in which the sandbox acts on customers that wait since before the start.
final class SandboxSweep: CombiningExecutor.Work, CommitGate.Waiter {
  /// Customers looked at in one turn, so that calls get in between.
  private static let slotsPerTurn = 4096

  private let sandbox: Sandbox
  private let store: CustomerStore
  private let first: Int

  init(sandbox: Sandbox, store: CustomerStore, first: Int = 0) {
    self.sandbox = sandbox
    self.store = store
    self.first = first
  }

  func run() {
    let next = store.assumeIsolated { store in
      store.beginTurn()
      let end = min(store.customerCount, first + Self.slotsPerTurn)
      for slot in first..<max(first, end) {
        sandbox.act(on: Slot(slot), in: store[Slot(slot)].standing.state, store)
      }
      sandbox.act(on: store)
      store.endTurn(answering: self)
      return end < store.customerCount ? end : nil
    }
    if let next { store.executor.submit(SandboxSweep(sandbox: sandbox, store: store, first: next)) }
  }

  func committed() {}
}

// MARK: - gatehouse.v1.SimulatorService

extension ServiceDispatcher {
  func simulateVerify(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateVerifyRequest.self)
    try simulate(call, request.customerId, on: store) { sandbox, slot, principal, store in
      sandbox.verify(slot, .approved, for: principal, store)
    }
  }

  func simulateReject(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateRejectRequest.self)
    try simulate(call, request.customerId, on: store) { sandbox, slot, principal, store in
      store[slot].standing.state == .screening
        ? sandbox.screen(slot, .hit, isFinal: true, for: principal, store)
        : sandbox.verify(slot, .declined, for: principal, store)
    }
  }

  func simulateScreen(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SimulateScreenRequest.self)
    guard let outcome = UInt8(exactly: request.outcome.rawValue).flatMap(ScreeningReport.Outcome.init(rawValue:)) else {
      throw .fieldInvalid("outcome", "must be CLEAR, HIT or INCONCLUSIVE")
    }
    try simulate(call, request.customerId, on: store) { sandbox, slot, principal, store in
      sandbox.screen(slot, outcome, isFinal: false, for: principal, store)
    }
  }

  private func simulate(
    _ call: borrowing CallRequest,
    _ customerID: String,
    on store: isolated CustomerStore,
    _ body: (Sandbox, Slot, String, isolated CustomerStore) -> CommandOutcome
  ) throws(Status) {
    guard let sandbox else {
      throw Status(
        .unimplemented, .methodUnknown, "there is no simulator: the server runs without --sandbox",
        metadata: [("method", call.method.path)])
    }
    let slot = try find(customerID, by: call.caller, on: store)
    try requireRoom(on: store)
    try succeeded(body(sandbox, slot, call.caller.principal, store), by: call.caller, on: store)
    call.succeed { render(store[slot], as: .customer, into: &$0) }
  }
}
