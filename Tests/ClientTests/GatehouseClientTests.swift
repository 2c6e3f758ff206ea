internal import EventLoop
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System
internal import Testing

@testable import Client

@Suite(.serialized, .timeLimit(.minutes(1)))
struct GatehouseClientTests {
  /// A server on a port of its own, for the time of `body`.
  private func withServer<Result>(_ body: (String, Server, TestHandler) async throws -> Result) async throws -> Result {
    let handler = TestHandler()
    var configuration = ServerConfiguration(address: .loopback(port: 0))
    configuration.storeID = [UInt8](0..<16)
    configuration.loops = 2
    let server = try Server(configuration, handler: handler)
    let address = try server.start()
    defer { server.stop() }
    return try await body(address.description, server, handler)
  }

  private func request(_ externalID: String) -> GatehouseV1.GetCustomerRequest {
    var request = GatehouseV1.GetCustomerRequest()
    request.externalId = externalID
    return request
  }

  private func expectAnswer(_ client: GatehouseClient, _ externalID: String) throws {
    let answer: GatehouseV1.GetCustomerRequest = try client.callBlocking(
      .customerServiceGetCustomer, request(externalID))
    #expect(answer.externalId == externalID)
  }

  private func watch(upTo last: UInt64?) -> GatehouseV1.WatchRequest {
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = last
    return request
  }

  @Test func callsAreAnswered() async throws {
    try await withServer { address, _, _ in
      var settings = ClientSettings()
      settings.token = "right"
      let client = GatehouseClient(address, settings)
      #expect(try client.connectBlocking().storeID == [UInt8](0..<16))
      #expect(try await client.connect().storeID == [UInt8](0..<16))
      let blocking: GatehouseV1.GetCustomerRequest = try client.callBlocking(
        .customerServiceGetCustomer, request("one"))
      #expect(blocking.externalId == "one")
      let result: GatehouseV1.GetCustomerRequest = try await client.call(.customerServiceGetCustomer, request("two"))
      #expect(result.externalId == "two")
    }
  }

  @Test func manyCallsAtOnceEachGetTheirOwnAnswer() async throws {
    try await withServer { address, server, _ in
      let client = GatehouseClient(address)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<500 {
          let request = request("customer-\(index)")
          group.addTask {
            let answer: GatehouseV1.GetCustomerRequest = try await client.call(.customerServiceGetCustomer, request)
            return answer == request
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func refusalsCarryTheirReason() async throws {
    try await withServer { address, _, _ in
      let client = GatehouseClient(address)
      let error = #expect(throws: GatehouseError.self) {
        try client.callBlocking(
          .customerServiceGetCustomer, request("refuse"), returning: GatehouseV1.GetCustomerRequest.self)
      }
      #expect(error?.code == .notFound)
      #expect(error?.reason == "CUSTOMER_NOT_FOUND")
      #expect(error?.message == "no such customer")
    }
  }

  @Test func aTokenThatIsNotKnownIsRefusedAtOnce() async throws {
    try await withServer { address, _, _ in
      var settings = ClientSettings()
      settings.token = "wrong"
      let client = GatehouseClient(address, settings)
      for call in [{ _ = try client.connectBlocking() }, { try expectAnswer(client, "one") }] {
        let error = #expect(throws: GatehouseError.self) { try call() }
        #expect(error?.code == .unauthenticated)
        #expect(error?.reason == "TOKEN_INVALID")
      }
    }
  }

  @Test func noServerIsUnavailable() async throws {
    let address = try await withServer { address, _, _ in address }
    let client = GatehouseClient(address)
    let error = #expect(throws: GatehouseError.self) { _ = try client.connectBlocking() }
    #expect(error?.code == .unavailable)
    #expect(throws: GatehouseError.self) { _ = try GatehouseClient("no port").connectBlocking() }
    // A call waits for a server until its deadline, and says why there was none.
    let late = #expect(throws: GatehouseError.self) {
      try client.callBlocking(
        .customerServiceGetCustomer, request("one"), returning: GatehouseV1.GetCustomerRequest.self,
        timeout: .milliseconds(1))
    }
    #expect(late?.code == .deadlineExceeded)
    #expect(late?.reason == "DEADLINE_EXCEEDED")
  }

  @Test func aCallThatIsNotAnsweredEndsAtItsDeadline() async throws {
    try await withServer { address, _, handler in
      let client = GatehouseClient(address)
      let error = #expect(throws: GatehouseError.self) {
        try client.callBlocking(
          .customerServiceGetCustomer, request("never"), returning: GatehouseV1.GetCustomerRequest.self,
          timeout: .milliseconds(1))
      }
      #expect(error?.code == .deadlineExceeded)
      handler.release()
      let next: GatehouseV1.GetCustomerRequest = try client.callBlocking(.customerServiceGetCustomer, request("next"))
      #expect(next.externalId == "next")
    }
  }

  @Test func cancellingATaskEndsItsCall() async throws {
    try await withServer { address, _, handler in
      let client = GatehouseClient(address)
      let request = request("never")
      let task = Task {
        try await client.call(
          .customerServiceGetCustomer, request, returning: GatehouseV1.GetCustomerRequest.self)
      }
      task.cancel()
      let result = await task.result
      #expect(throws: GatehouseError.self) { _ = try result.get() }
      handler.release()
    }
  }

  // MARK: Streams

  @Test(arguments: [UInt32(1), 2, 7, 64]) func streamsArriveWholeAndInOrder(credit: UInt32) async throws {
    try await withServer { address, _, _ in
      let client = GatehouseClient(address)
      let blocking = client.stream(
        .customerServiceWatch, watch(upTo: 300), returning: GatehouseV1.WatchResponse.self, credit: credit)
      var revisions: [UInt64] = []
      while let response = try blocking.nextBlocking() { revisions.append(response.progress?.revision ?? 0) }
      #expect(revisions == Array(1...300))

      let messages = client.stream(
        .customerServiceWatch, watch(upTo: 300), returning: GatehouseV1.WatchResponse.self, credit: credit)
      revisions = []
      for try await response in messages { revisions.append(response.progress?.revision ?? 0) }
      #expect(revisions == Array(1...300))
    }
  }

  @Test func aCancelledStreamEndsForItsReader() async throws {
    try await withServer { address, _, _ in
      let client = GatehouseClient(address)
      let messages = client.stream(
        .customerServiceWatch, watch(upTo: nil), returning: GatehouseV1.WatchResponse.self)
      messages.cancel()
      let next = try messages.nextBlocking()
      #expect(next == nil)

      let task = Task { () throws(GatehouseError) in
        var count = 0
        for try await _ in client.stream(
          .customerServiceWatch, watch(upTo: nil), returning: GatehouseV1.WatchResponse.self)
        { count += 1 }
        return count
      }
      task.cancel()
      let count = try await task.value
      #expect(count == 0)
    }
  }

  @Test func aStreamEndsAtItsDeadline() async throws {
    try await withServer { address, _, _ in
      let client = GatehouseClient(address)
      let messages = client.stream(
        .customerServiceWatch, watch(upTo: nil), returning: GatehouseV1.WatchResponse.self, timeout: .milliseconds(5))
      let error = #expect(throws: GatehouseError.self) { try messages.nextBlocking() }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  // MARK: The end of a connection

  @Test func aDrainAnswersWhatIsOpenAndTheRestGoesElsewhere() async throws {
    try await withServer { address, server, handler in
      let client = GatehouseClient(address)
      let open = request("never")
      let call = try Background {
        try client.callBlocking(
          .customerServiceGetCustomer, open, returning: GatehouseV1.GetCustomerRequest.self)
      }
      let messages = client.stream(
        .customerServiceWatch, watch(upTo: nil), returning: GatehouseV1.WatchResponse.self)
      handler.waitForHeld(1)
      // Answered behind the two others: they have reached the server.
      try expectAnswer(client, "then")
      let drain = try Thread(name: "drain") { server.drain(grace: 20_000_000_000) }
      let ended = #expect(throws: GatehouseError.self) { try messages.nextBlocking() }
      #expect(ended?.code == .unavailable)
      #expect(ended?.reason == "SHUTTING_DOWN")
      // There is no other server.
      let late = #expect(throws: GatehouseError.self) {
        try client.callBlocking(
          .customerServiceGetCustomer, request("late"), returning: GatehouseV1.GetCustomerRequest.self,
          timeout: .milliseconds(50))
      }
      #expect(late?.code == .deadlineExceeded)
      handler.release()
      #expect(try call.value().externalId == "never")
      drain.join()
    }
  }

  @Test func aClosedClientFailsItsCalls() async throws {
    try await withServer { address, _, handler in
      let client = GatehouseClient(address)
      let messages = client.stream(
        .customerServiceWatch, watch(upTo: nil), returning: GatehouseV1.WatchResponse.self)
      client.close()
      #expect(throws: GatehouseError.self) { try messages.nextBlocking() }
      #expect(throws: GatehouseError.self) {
        try client.callBlocking(
          .customerServiceGetCustomer, request("late"), returning: GatehouseV1.GetCustomerRequest.self)
      }
    }
  }
}
