internal import EventLoop
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System
internal import Testing

@testable import Client

/// Calls that are made again, or elsewhere, or wait.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct RetryTests {
  private func server(_ handler: TestHandler, at address: SocketAddress = .loopback(port: 0), maxStreams: Int? = nil)
    throws -> (Server, SocketAddress)
  {
    var configuration = ServerConfiguration(address: address)
    configuration.storeID = [UInt8](0..<16)
    configuration.loops = 1
    if let maxStreams { configuration.limits.maxStreams = maxStreams }
    let server = try Server(configuration, handler: handler)
    return (server, try server.start())
  }

  private func get(
    _ client: GatehouseClient, _ externalID: String
  ) throws(GatehouseError) -> String {
    let answer: GatehouseV1.GetCustomerRequest = try client.callBlocking(
      .customerServiceGetCustomer, GatehouseV1.GetCustomerRequest.with { $0.externalId = externalID })
    return answer.externalId
  }

  private static let unavailable = Status(code: .unavailable, message: "not now")

  // MARK: Retries

  @Test func aKeyIsMadeForEachCallAndKeptOverItsRetries() throws {
    let handler = TestHandler()
    let (server, address) = try server(handler)
    defer { server.stop() }
    let client = GatehouseClient(address.description)
    handler.failNext(Self.unavailable, Self.unavailable)
    let create = { (request: GatehouseV1.CreateCustomerRequest) throws(GatehouseError) in
      try client.callBlocking(
        .customerServiceCreateCustomer, request, returning: GatehouseV1.CreateCustomerRequest.self)
    }
    let answer = try create(.with { $0.externalId = "one" })
    let failed = try handler.failed.map { try GatehouseV1.CreateCustomerRequest(decoding: $0) }
    #expect(failed == [answer, answer])
    #expect(answer.externalId == "one")
    #expect(answer.idempotencyKey.utf8.count == 32)
    let next = try create(.with { $0.externalId = "one" })
    #expect(next.idempotencyKey != answer.idempotencyKey)
    let own = try create(.with { $0.idempotencyKey = "mine" })
    #expect(own.idempotencyKey == "mine")
  }

  @Test func whatMayNotBeMadeTwiceIsNotMadeAgain() throws {
    let handler = TestHandler()
    let (server, address) = try server(handler)
    defer { server.stop() }
    let client = GatehouseClient(address.description)
    handler.failNext(Self.unavailable, .shuttingDown)
    let verify = { () throws(GatehouseError) in
      try client.callBlocking(
        .simulatorServiceVerify, GatehouseV1.SimulateVerifyRequest(),
        returning: GatehouseV1.SimulateVerifyRequest.self)
    }
    let error = #expect(throws: GatehouseError.self) { try verify() }
    #expect(error?.message == "not now")
    // What the server did not begin, may.
    _ = try verify()
    #expect(handler.failed.count == 2)
  }

  @Test func anOverloadedServerIsAskedAgainWhenItSaysSo() throws {
    let handler = TestHandler()
    let (server, address) = try server(handler)
    defer { server.stop() }
    let client = GatehouseClient(address.description)
    handler.failNext(Status(.resourceExhausted, .overloaded, "later", retryAfterMicroseconds: 1000))
    #expect(try get(client, "one") == "one")
    handler.failNext(Status(.resourceExhausted, .overloaded, "much later", retryAfterMicroseconds: 60_000_000))
    let error = #expect(throws: GatehouseError.self) { try get(client, "two") }
    #expect(error?.reason == "OVERLOADED")
    #expect(error?.retryAfter == .seconds(60))
    #expect(handler.failed.count == 2)
  }

  // MARK: Connections

  @Test func aCallGoesThroughARestart() throws {
    let handler = TestHandler()
    let (first, address) = try server(handler)
    let client = GatehouseClient(address.description)
    #expect(try get(client, "one") == "one")
    first.stop()
    let (second, _) = try server(handler, at: address)
    defer { second.stop() }
    #expect(try get(client, "two") == "two")
  }

  @Test func aCallWaitsForAServerThatStarts() throws {
    let handler = TestHandler()
    let (first, address) = try server(handler)
    first.stop()
    let client = GatehouseClient(address.description)
    let call = try Background { try get(client, "one") }
    let (second, _) = try server(handler, at: address)
    defer { second.stop() }
    #expect(try call.value() == "one")
  }

  @Test func theNextAddressIsTried() throws {
    let handler = TestHandler()
    let (gone, nobody) = try server(handler)
    gone.stop()
    let (server, address) = try server(handler)
    defer { server.stop() }
    let client = GatehouseClient([nobody.description, "no port", address.description])
    #expect(try get(client, "one") == "one")
  }

  @Test func whenAServerLeavesNewCallsGoElsewhereAndOldOnesFinish() throws {
    let (old, new) = (TestHandler(), TestHandler())
    let (first, firstAddress) = try server(old)
    let (second, secondAddress) = try server(new)
    defer {
      first.stop()
      second.stop()
    }
    let client = GatehouseClient([firstAddress.description, secondAddress.description])
    let held = try Background { try get(client, "never") }
    old.waitForHeld(1)
    let drain = try Thread(name: "drain") { first.drain(grace: 20_000_000_000) }
    // Whether it overtakes the word that the server leaves or not: it is answered.
    for index in 0..<20 { #expect(try get(client, "\(index)") == "\(index)") }
    old.release()
    #expect(try held.value() == "never")
    drain.join()
    #expect(try get(client, "then") == "then")
  }

  @Test func callsBeyondWhatTheServerTakesAtOnceWaitForRoom() async throws {
    let handler = TestHandler()
    let (server, address) = try server(handler, maxStreams: 2)
    defer { server.stop() }
    let client = GatehouseClient(address.description)
    try await withThrowingTaskGroup(of: String.self) { group in
      for index in 0..<200 {
        group.addTask {
          let answer: GatehouseV1.GetCustomerRequest = try await client.call(
            .customerServiceGetCustomer, GatehouseV1.GetCustomerRequest.with { $0.externalId = "\(index)" })
          return answer.externalId
        }
      }
      var answers: Set<String> = []
      for try await answer in group { answers.insert(answer) }
      #expect(answers.count == 200)
    }
  }

  // MARK: What waits and is not wanted any more

  private func nobody() throws -> String {
    let (server, address) = try server(TestHandler())
    server.stop()
    return address.description
  }

  @Test func aCallThatWaitsForAConnectionCanBeCancelled() async throws {
    let client = GatehouseClient(try nobody())
    let task = Task { try await client.health.check(timeout: .seconds(3600)) }
    task.cancel()
    let result = await task.result
    let error = #expect(throws: GatehouseError.self) { _ = try result.get() }
    #expect(error?.code == .cancelled)
  }

  @Test func closingEndsWhatWaits() async throws {
    let client = GatehouseClient(try nobody())
    let task = Task { try await client.health.check(timeout: .seconds(3600)) }
    client.close()
    let result = await task.result
    let error = #expect(throws: GatehouseError.self) { _ = try result.get() }
    #expect(error?.code == .cancelled)
    let next = #expect(throws: GatehouseError.self) { _ = try client.connectBlocking() }
    #expect(next?.code == .cancelled)
  }
}
