internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import Services

/// The sandbox by itself: each lever leads where it says, and what the simulator is told comes as it is told.
struct SandboxLeverTests {
  /// Attempts are due at once, so that all but the slow ones happens in the turn that begins it.
  private func fixture() throws -> ServicesFixture {
    var policy = Policy()
    policy.confirmationDelay = 0
    policy.backoffBase = 0
    return try ServicesFixture(policy: policy)
  }

  /// Takes a customer in, and proves the wallet.
  private func join(_ fixture: ServicesFixture, _ externalID: String) throws -> String {
    let created = try fixture.create(1, externalID: externalID)
    let id = created.customer?.id ?? ""
    _ = try fixture.submit(id, created.challenge?.message ?? [], by: 1).get()
    return id
  }

  private func customer(_ fixture: ServicesFixture, _ id: String) throws -> GatehouseV1.Customer {
    var request = GatehouseV1.GetCustomerRequest()
    request.customerId = id
    return try #require(
      try fixture.call(.customerServiceGetCustomer, request, GatehouseV1.GetCustomerResponse.self).customer)
  }

  private func outcomes(_ fixture: ServicesFixture, _ id: String) throws -> [String] {
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = id
    return try fixture.call(.customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self).events
      .map { $0.customer?.pending?.lastOutcome ?? "" }
  }

  private func screenAgain(_ fixture: ServicesFixture, _ id: String) throws {
    var request = GatehouseV1.RequestScreeningRequest()
    request.customerId = id
    _ = try fixture.call(.reviewServiceRequestScreening, request, GatehouseV1.RequestScreeningResponse.self)
  }

  private struct End: Equatable {
    var state: GatehouseV1.CustomerState
    var attempt: UInt32 = 0
    var attention = GatehouseV1.Attention.unspecified

    init(_ state: GatehouseV1.CustomerState, _ attempt: UInt32 = 0, _ attention: GatehouseV1.Attention = .unspecified) {
      (self.state, self.attempt, self.attention) = (state, attempt, attention)
    }

    init(_ customer: GatehouseV1.Customer) {
      self.init(customer.state, customer.pending?.attempt ?? 0, customer.pending?.attention ?? .unspecified)
    }
  }

  private static func end(_ lever: SandboxLever) -> End {
    switch lever {
    case .clear, .outage, .repeated, .lateHit, .rescreenHit, .rescreenFalsePositive: End(.verifying, 1)
    case .hit, .decline: End(.rejected)
    case .falsePositive: End(.screening, 2, .conflictingOutcomes)
    case .inconclusive: End(.screening, 10, .attemptsExhausted)
    case .silent, .slow: End(.screening, 1)
    case .approve, .retry, .expire, .repeatedApprove: End(.active)
    case .retryAlways: End(.verifying, 5, .attemptsExhausted)
    case .abandon, .slowApprove: End(.verifying, 1)
    }
  }

  @Test(arguments: SandboxLever.allCases) func eachLeadsWhereItSays(lever: SandboxLever) throws {
    let fixture = try fixture()
    let isScreening = lever.subject == .screening
    let id = try join(fixture, isScreening ? "order-7~\(lever.rawValue)" : "order-7~clear~\(lever.rawValue)")
    #expect(End(try customer(fixture, id)) == Self.end(lever))
  }

  @Test func aReportOfItsOwnIsMadeForEachAttempt() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a~outage~retry")
    #expect(
      try outcomes(fixture, id) == [
        "", "", "INCONCLUSIVE", "INCONCLUSIVE", "", "", "RETRY", "RETRY", "",
      ])
    #expect(try customer(fixture, id).state == .active)
  }

  @Test func aSessionIsOpenedForTheCustomer() throws {
    let fixture = try fixture()
    var request = GatehouseV1.GetVerificationRequest()
    request.customerId = try join(fixture, "a~abandon~clear")
    let verification = try #require(
      try fixture.call(.customerServiceGetVerification, request, GatehouseV1.GetVerificationResponse.self).verification)
    #expect((verification.provider, verification.reference) == ("sandbox", "sandbox-1"))
    #expect(verification.expiresAt != nil && !verification.sessionUrl.isEmpty)
  }

  @Test func whoIsScreenedAgainIsHeldAndRejected() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a~rescreen-hit~approve")
    try screenAgain(fixture, id)
    #expect(try customer(fixture, id).state == .rejected)
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = id
    let events = try fixture.call(.customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self).events
    #expect(events.suffix(3).map(\.to) == [.active, .inactive, .rejected])
    #expect(events.dropLast().last?.customer?.holds.map(\.kind) == [.risk])
  }

  @Test func afterAFalseAlarmTheHoldIsForAPerson() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a~rescreen-false-positive~approve")
    try screenAgain(fixture, id)
    let held = try customer(fixture, id)
    #expect(End(held) == End(.inactive, 3, .conflictingOutcomes))
    #expect(held.holds.map(\.kind) == [.risk])
  }

  @Test func withoutALeverTheSettingsCount() throws {
    for externalID in ["plain", "tilde~", "other~word", "~hit~other", "hit"] {
      let fixture = try fixture()
      let id = try join(fixture, externalID)
      #expect(End(try customer(fixture, id)) == End(.screening, 1), "\(externalID)")
    }
  }

  /// The slow ones, and those that are due later, come by the schedule.
  @Test(arguments: ["a~slow", "a~clear~slow-approve"]) func theSlowOnesComeLater(externalID: String) throws {
    let fixture = try fixture()
    try fixture.dispatcher.resume()
    defer { fixture.dispatcher.suspend() }
    let id = try join(fixture, externalID)
    let before = try customer(fixture, id).state
    while try customer(fixture, id).state == before {}
    #expect(try customer(fixture, id).state == (before == .screening ? .verifying : .active))
  }

  // MARK: - The simulator

  private func screen(
    _ fixture: ServicesFixture, _ id: String, _ outcome: GatehouseV1.ScreeningOutcome,
    _ change: (inout GatehouseV1.SimulateScreenRequest) -> Void = { _ in }
  ) throws -> GatehouseV1.Customer {
    var request = GatehouseV1.SimulateScreenRequest()
    request.customerId = id
    request.outcome = outcome
    change(&request)
    let response: GatehouseV1.SimulateScreenResponse = try fixture.call(.simulatorServiceScreen, request)
    return try #require(response.customer)
  }

  @Test func reportsAreRepeatedAndLate() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a")
    let first = try screen(fixture, id, .inconclusive) { $0.times = 3 }
    #expect(first.pending?.attempt == 2, "said three times of one attempt")
    let late = try screen(fixture, id, .hit) { $0.attempt = 1 }
    #expect(late == first)
    #expect(try screen(fixture, id, .clear).state == .verifying)
  }

  @Test func reportsComeAfterADelay() throws {
    let fixture = try fixture()
    try fixture.dispatcher.resume()
    defer { fixture.dispatcher.suspend() }
    let id = try join(fixture, "a")
    let before = try screen(fixture, id, .clear) { $0.delayMs = 1 }
    #expect(before.state == .screening)
    while try customer(fixture, id).state == .screening {}
    #expect(try customer(fixture, id).state == .verifying)
  }

  @Test func verificationsComeToAnyOutcome() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a~clear")
    var request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = id
    request.outcome = .retry
    request.reason = "the photo is blurred"
    let again: GatehouseV1.SimulateVerifyResponse = try fixture.call(.simulatorServiceVerify, request)
    #expect(again.customer?.pending?.attempt == 2)
    request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = id
    let passed: GatehouseV1.SimulateVerifyResponse = try fixture.call(.simulatorServiceVerify, request)
    #expect(passed.customer?.state == .active)
  }

  @Test func whatIsBeyondTheLimitsIsRefused() throws {
    let fixture = try fixture()
    let id = try join(fixture, "a")
    for change in [
      { $0.times = 11 }, { $0.delayMs = 3_600_001 }, { $0.provider = String(repeating: "p", count: 65) },
      { $0.detail = String(repeating: "d", count: 1025) },
    ] as [(inout GatehouseV1.SimulateScreenRequest) -> Void] {
      #expect(throws: Status.self) { try screen(fixture, id, .clear, change) }
    }
    #expect(try customer(fixture, id).state == .screening)
  }
}
