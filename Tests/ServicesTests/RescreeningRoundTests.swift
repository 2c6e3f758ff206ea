internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Testing

@testable import Services

struct RescreeningRoundTests {
  private func fixture(interval: Int64?, screens: Bool = false) throws -> ServicesFixture {
    var policy = Policy()
    policy.rescreeningInterval = interval
    return try ServicesFixture(
      policy: policy, sandbox: SandboxSettings(screensAutomatically: screens, verifiesAutomatically: false))
  }

  private func history(_ id: String, _ fixture: ServicesFixture) throws -> [GatehouseV1.Event] {
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = id
    return try fixture.call(.customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self).events
  }

  @Test func thereIsNoneWithoutAnInterval() throws {
    let fixture = try fixture(interval: nil)
    #expect(RescreeningRound(of: fixture.dispatcher.store, sandbox: nil) == nil)
    try fixture.dispatcher.resume()
    fixture.dispatcher.suspend()
  }

  @Test func itGoesRoundUntilItIsStopped() throws {
    let fixture = try fixture(interval: 0)
    let id = try fixture.makeActive(1)
    try fixture.dispatcher.resume()
    while try history(id, fixture).last?.cause?.command != .requestScreening {}
    fixture.dispatcher.suspend()
    let event = try #require(try history(id, fixture).last)
    #expect((event.cause?.principal, event.cause?.reason) == ("gatehouse", "PERIODIC_SCREENING"))
    #expect(event.customer?.state == .active)
    #expect(event.customer?.pending?.on == .screening)
    #expect(event.customer?.pending?.attempt == 2)
  }

  @Test func oneTurnAfterTheOtherGoesOverAll() throws {
    let fixture = try fixture(interval: 0)
    let ids = try (1...3).map { try fixture.makeActive($0) }
    let turn = RescreeningTurn(fixture.dispatcher.store, sandbox: nil, first: 1)
    fixture.dispatcher.store.executor.submit(turn)
    #expect(turn.wait() == 0)
    #expect(try ids.map { try history($0, fixture).count } == [4, 5, 5])
  }

  // MARK: - gatehouse.v1.ReviewService/RequestScreening

  @Test func aScreeningIsOpenedOnDemandAndOnlyOnce() throws {
    let fixture = try fixture(interval: nil)
    let id = try fixture.makeActive(1)
    var request = GatehouseV1.RequestScreeningRequest()
    request.customerId = id
    request.reason = "list changed"
    request.idempotencyKey = "k"
    for _ in 0..<2 {
      let response: GatehouseV1.RequestScreeningResponse = try fixture.call(.reviewServiceRequestScreening, request)
      #expect(response.customer?.pending?.on == .screening)
      #expect(response.customer?.state == .active)
    }
    request.idempotencyKey = ""
    let again: GatehouseV1.RequestScreeningResponse = try fixture.call(.reviewServiceRequestScreening, request)
    let events = try history(id, fixture)
    #expect(again.customer?.revision == events.last?.revision)
    #expect(events.map { $0.cause?.command ?? .unspecified }.count { $0 == .requestScreening } == 1)
    #expect(events.last?.cause?.reason == "list changed")
  }

  @Test func itIsRefusedBeforeTheCustomerIsTakenIn() throws {
    let fixture = try fixture(interval: nil)
    var request = GatehouseV1.RequestScreeningRequest()
    request.customerId = try fixture.create(1).customer?.id ?? ""
    guard case .failure(let status) = fixture.call(.reviewServiceRequestScreening, request.encoded()) else {
      Issue.record("an INITIATING customer has no wallet of their own yet")
      return
    }
    #expect(status.reason == "ILLEGAL_TRANSITION")
    request.reason = String(repeating: "x", count: 257)
    guard case .failure(let status) = fixture.call(.reviewServiceRequestScreening, request.encoded()) else {
      Issue.record("the reason is too long")
      return
    }
    #expect(status.reason == "FIELD_INVALID")
  }
}
