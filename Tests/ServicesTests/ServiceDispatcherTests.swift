internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import System
internal import Testing
internal import Wallet
internal import WalletSigner

@testable import Services

struct ServiceDispatcherTests {
  private static let unary = RPCMethod.allCases.filter { !$0.isServerStreaming && !$0.isHeld }

  @Test func everyMethodAnswers() throws {
    let fixture = try ServicesFixture()
    for method in Self.unary {
      guard case .failure(let status) = fixture.call(method, []) else { continue }
      #expect(status.code == .invalidArgument || status.code == .notFound, "\(method.path): \(status)")
      #expect(status.reason != nil && !status.message.isEmpty)
    }
  }

  @Test func everyMethodRefusesWhatIsNotARequest() throws {
    let fixture = try ServicesFixture()
    for method in Self.unary {
      guard case .failure(let status) = fixture.call(method, [0x0A, 0xFF]) else {
        Issue.record("\(method.path) took it")
        continue
      }
      #expect(status.reason == "PAYLOAD_MALFORMED")
    }
    for method in RPCMethod.allCases where method.isServerStreaming || method.isHeld {
      let source = fixture.open(method, Malformed()).source
      var writer = WireWriter()
      guard case .end(let status) = source.next(into: &writer, now: 1) else {
        Issue.record("\(method.path) took it")
        continue
      }
      #expect(status.reason == "PAYLOAD_MALFORMED")
    }
  }

  private struct Malformed: WireMessage {
    init() {}
    mutating func merge(from reader: inout WireReader) throws(WireError) {}
    func encode(into writer: inout WireWriter) { writer.varint(0) }
  }

  @Test func aCallPastItsDeadlineDoesNothing() throws {
    let fixture = try ServicesFixture()
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = "eip155:1:\(ServicesFixture.wallet(1).address)"
    request.externalId = "late"
    let answer = fixture.call(
      .customerServiceCreateCustomer, request.encoded(), deadline: MonotonicClock.now() - 1)
    guard case .failure(let status) = answer else {
      Issue.record("it was done")
      return
    }
    #expect(status.code == .deadlineExceeded)
    #expect(fixture.dispatcher.store.hub.durableRevision == 0)
  }

  @Test func withoutASandboxThereIsNoSimulator() throws {
    let fixture = try ServicesFixture(sandbox: nil)
    var request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = "0190f5ad-0000-7000-8000-000000000000"
    guard case .failure(let status) = fixture.call(.simulatorServiceVerify, request.encoded()) else {
      Issue.record("it answered")
      return
    }
    #expect(status.code == .unimplemented)
    let health = try fixture.call(
      .healthList, GrpcHealthV1.HealthListRequest(), GrpcHealthV1.HealthListResponse.self)
    #expect(health.statuses["gatehouse.v1.SimulatorService"] == nil)
    #expect(health.statuses["gatehouse.v1.CustomerService"]?.status == .serving)
  }

  @Test func aWholeLife() throws {
    let fixture = try ServicesFixture()
    let id = try fixture.makeActive(1)
    try fixture.deactivate(id, "asked for")
    try fixture.activate(id)
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = id
    let history = try fixture.call(
      .customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self)
    #expect(
      history.events.map(\.to) == [.initiating, .screening, .verifying, .active, .inactive, .active])
    #expect(history.events.map(\.revision) == [1, 2, 3, 4, 5, 6])
    #expect(history.events[4].cause?.reason == "asked for")
    #expect(history.events[1].cause?.principal == "local")
    // The simulator does what somebody asks for; the sandbox acts by itself only where nobody does.
    #expect(history.events[2].cause?.principal == "local")
  }

  @Test func theSandboxActsByItself() throws {
    let fixture = try ServicesFixture(
      sandbox: SandboxSettings(screensAutomatically: true, verifiesAutomatically: true))
    let created = try fixture.create(1)
    let id = try #require(created.customer?.id)
    _ = try fixture.submit(id, try #require(created.challenge?.message), by: 1).get()
    var request = GatehouseV1.GetCustomerRequest()
    request.customerId = id
    let customer = try fixture.call(
      .customerServiceGetCustomer, request, GatehouseV1.GetCustomerResponse.self
    ).customer
    #expect(customer?.state == .active)
    #expect(customer?.revision == 4)
    var history = GatehouseV1.GetHistoryRequest()
    history.customerId = id
    let events = try fixture.call(
      .customerServiceGetHistory, history, GatehouseV1.GetHistoryResponse.self
    ).events
    #expect(events.map(\.cause?.principal) == ["local", "local", "sandbox", "sandbox"])
  }

  @Test func aRepeatedCallAnswersByteForByte() throws {
    let fixture = try ServicesFixture()
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = "eip155:1:\(ServicesFixture.wallet(1).address)"
    request.externalId = "e"
    request.idempotencyKey = "key"
    let first = try fixture.call(.customerServiceCreateCustomer, request.encoded()).get()
    let created = try GatehouseV1.CreateCustomerResponse(decoding: first)
    let id = try #require(created.customer?.id)
    let message = try #require(created.challenge?.message)
    let refusal = fixture.submit(id, message, by: 2, key: "wrong")
    #expect(try fixture.call(.customerServiceCreateCustomer, request.encoded()).get() == first)
    let again = fixture.submit(id, message, by: 2, key: "wrong")
    guard case .failure(let one) = refusal, case .failure(let two) = again else {
      Issue.record("a wrong signature was taken")
      return
    }
    #expect(one == two)
    #expect(one.reason == "SIGNATURE_MISMATCH")
    #expect(one.errorInfo?.metadata["attempts_left"] == "9")
    request.externalId = "other"
    guard case .failure(let reused) = fixture.call(.customerServiceCreateCustomer, request.encoded()) else {
      Issue.record("another request under the key")
      return
    }
    #expect(reused.reason == "IDEMPOTENCY_KEY_REUSED")
  }

  @Test func everyAnswerWithACustomerHasItInTheSameField() {
    let numbers = [
      GatehouseV1.CreateCustomerResponse.Field.customer, GatehouseV1.SubmitChallengeResponse.Field.customer,
      GatehouseV1.ActivateResponse.Field.customer, GatehouseV1.DeactivateResponse.Field.customer,
      GatehouseV1.ReportScreeningResponse.Field.customer, GatehouseV1.StartVerificationResponse.Field.customer,
      GatehouseV1.ReportVerificationResponse.Field.customer, GatehouseV1.RejectResponse.Field.customer,
      GatehouseV1.SimulateVerifyResponse.Field.customer, GatehouseV1.SimulateRejectResponse.Field.customer,
      GatehouseV1.SimulateScreenResponse.Field.customer, GatehouseV1.GetCustomerResponse.Field.customer,
    ]
    #expect(Set(numbers) == [1])
  }

  @Test func aSupersededChallengeIsToldFromAWrongOne() throws {
    let fixture = try ServicesFixture()
    let created = try fixture.create(1)
    let id = try #require(created.customer?.id)
    let old = try #require(created.challenge?.message)
    var renew = GatehouseV1.GetChallengeRequest()
    renew.customerId = id
    renew.renew = true
    _ = try fixture.call(.customerServiceGetChallenge, renew, GatehouseV1.GetChallengeResponse.self)
    func reason(signed message: [UInt8]) -> String? {
      var request = GatehouseV1.SubmitChallengeRequest()
      request.customerId = id
      request.signature = ServicesFixture.wallet(1).sign(message: message).bytes
      request.message = message
      guard case .failure(let status) = fixture.call(.customerServiceSubmitChallenge, request.encoded()) else {
        return nil
      }
      return status.reason
    }
    #expect(reason(signed: old) == "CHALLENGE_SUPERSEDED")
    let text = String(decoding: old, as: UTF8.self)
    #expect(reason(signed: Array(text.replacing("app.example", with: "evil.example").utf8)) == "FIELD_INVALID")
    #expect(reason(signed: Array("hello".utf8)) == "FIELD_INVALID")
  }

  /// Occupies the store until it is let go on.
  private final class Occupation: CombiningExecutor.Work {
    let hasBegun = Monitor(false)
    let mayEnd = Monitor(false)

    func run() {
      hasBegun.withLock { $0 = true }
      hasBegun.broadcast()
      _ = mayEnd.wait { $0 ? true : nil }
    }
  }

  @Test func whatWouldWaitTooLongIsRefusedAtOnce() throws {
    let fixture = try ServicesFixture(mostWaitingCalls: 3)
    let occupation = Occupation()
    let occupier = try Thread(name: "occupier") { [executor = fixture.dispatcher.store.executor] in
      executor.submit(occupation)
    }
    _ = occupation.hasBegun.wait { $0 ? true : nil }
    let waiting = (0..<3).map { _ in fixture.bring(.customerServiceListCustomers, []) }
    guard case .failure(let status) = fixture.call(.customerServiceListCustomers, []) else {
      Issue.record("it was not refused")
      return
    }
    #expect(status.code == .resourceExhausted && status.reason == "OVERLOADED")
    let health = fixture.bring(.healthCheck, [])
    let answered = fixture.sink.state.withLock { state in (waiting + [health]).filter { state.answers[$0] != nil } }
    #expect(answered == [], "the store is occupied")
    occupation.mayEnd.withLock { $0 = true }
    occupation.mayEnd.broadcast()
    occupier.join()
    for stream in waiting + [health] {
      let answer = fixture.sink.state.wait { $0.answers[stream] }
      #expect(throws: Never.self) { try answer.get() }
    }
    #expect(throws: Never.self) { try fixture.call(.customerServiceListCustomers, []).get() }
  }

  @Test func whatALoopReadsTooMuchOfIsRefused() throws {
    let fixture = try ServicesFixture(mostCallsATurn: 3)
    let calls: [(method: RPCMethod, payload: [UInt8])] = [(.customerServiceListCustomers, []), (.healthCheck, [])]
    for answer in fixture.call(calls, callsBefore: 2) { #expect(throws: Never.self) { try answer.get() } }
    let late = fixture.call(calls, callsBefore: 3)
    guard case .failure(let status) = late[0] else {
      Issue.record("it was not refused")
      return
    }
    #expect(status.code == .resourceExhausted && status.reason == "OVERLOADED")
    #expect(throws: Never.self) { try late[1].get() }
    #expect(throws: Status.self) { try fixture.call([calls[0]], callsBefore: 3)[0].get() }
    #expect(throws: Never.self) { try fixture.call([calls[0]])[0].get() }
  }

  /// However many there are, unless the store is busy: each attempt finds it so only by chance.
  @Test func lookupsAreAnsweredOnTheThreadThatReadThem() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    let lookup = GatehouseV1.GetCustomerRequest.with { $0.externalId = "external-1" }.encoded()
    let calls = Array(repeating: (method: RPCMethod.customerServiceGetCustomer, payload: lookup), count: 500)
    let attempts = 1...100
    let here = attempts.contains { _ in
      fixture.sink.state.withLock { $0.deliverers = [] }
      let answers = fixture.call(calls)
      #expect(answers.allSatisfy { (try? $0.get()) != nil })
      return fixture.sink.state.withLock { $0.deliverers == [Thread.current()] }
    }
    #expect(here)
  }

  /// A page is bounded by its own bytes, whatever else is answered in the same turn.
  @Test func aPageIsFullHoweverMuchIsAnsweredBeside() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    let lookup = GatehouseV1.GetCustomerRequest.with { $0.externalId = "external-1" }.encoded()
    var calls = Array(repeating: (method: RPCMethod.customerServiceGetCustomer, payload: lookup), count: 4000)
    calls.append((.customerServiceListCustomers, GatehouseV1.ListCustomersRequest().encoded()))
    let page = try GatehouseV1.ListCustomersResponse(decoding: try #require(fixture.call(calls).last).get())
    #expect(page.customers.count == 1 && page.nextPageToken.isEmpty)
  }
}
