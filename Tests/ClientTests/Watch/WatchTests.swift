internal import EventLoop
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization
internal import System
internal import Testing

@testable import Client

@Suite(.serialized, .timeLimit(.minutes(1)))
struct WatchTests {
  private func withClient<Result>(
    _ handler: HistoryHandler, _ body: (GatehouseClient) async throws -> Result
  ) async throws -> Result {
    var configuration = ServerConfiguration(address: .loopback(port: 0))
    configuration.storeID = HistoryHandler.storeID
    configuration.loops = 1
    let server = try Server(configuration, handler: handler)
    let address = try server.start()
    defer { server.stop() }
    return try await body(GatehouseClient(address.description))
  }

  @Test(arguments: [UInt32(1), 64]) func eachEventIsHandedOutOnceThroughInterruptions(credit: UInt32) async throws {
    let handler = HistoryHandler(last: 21, messagesAStream: 2)
    let interruptions = Mutex(0)
    try await withClient(handler) { client in
      let watch = client.watch(.with { $0.afterRevision = 0 }, credit: credit) { _ in interruptions.withLock { $0 += 1 }
      }
      var revisions: [UInt64] = []
      for try await case .event(let event) in watch {
        revisions.append(event.revision)
        #expect(watch.position == event.revision)
        if event.revision == 21 { break }
      }
      #expect(revisions == Array(1...21))
      #expect(watch.storeID == HistoryHandler.storeID)
      #expect(watch.behindBy == 0)
    }
    #expect(handler.asked.map(\.afterRevision) == [0, 4, 8, 12, 16, 20])
    #expect(handler.asked.map(\.storeId) == [[]] + Array(repeating: HistoryHandler.storeID, count: 5))
    #expect(interruptions.withLock { $0 } == 5)
  }

  @Test func aThreadSeesTheSame() async throws {
    let handler = HistoryHandler(last: 9, messagesAStream: 1)
    try await withClient(handler) { client in
      let watch = client.watch(.with { $0.afterRevision = 4 })
      var revisions: [UInt64] = []
      while revisions.last != 9, case .event(let event) = try watch.nextBlocking() { revisions.append(event.revision) }
      #expect(revisions == [5, 6, 7, 8, 9])
    }
  }

  /// A call that says what is so now is made again as it was: here the first events come again and again.
  @Test func aStreamThatResumesIsAskedForAgain() async throws {
    let handler = HistoryHandler(last: 9, messagesAStream: 1)
    try await withClient(handler) { client in
      let stream = client.customer.watch(.with { $0.afterRevision = 4 }).resuming()
      var revisions: [UInt64] = []
      for try await message in stream {
        revisions += message.events.map(\.revision)
        if revisions.count == 6 { break }
      }
      #expect(revisions == [5, 6, 5, 6, 5, 6])
      stream.cancel()
      let next = try stream.nextBlocking()
      #expect(next == nil)
    }
    #expect(handler.asked.prefix(3).map(\.afterRevision) == [4, 4, 4])
  }

  @Test func itEndsForATaskThatIsCancelled() async throws {
    try await withClient(HistoryHandler(last: 1, messagesAStream: 1)) { client in
      let watch = client.watch(.with { $0.afterRevision = 1 })
      let task = Task { () throws(GatehouseError) in
        var count = 0
        for try await _ in watch { count += 1 }
        return count
      }
      task.cancel()
      let count = try await task.value
      #expect(count == 0)
      let next = try watch.nextBlocking()
      #expect(next == nil)
    }
  }

  @Test func aClientThatIsClosedEndsIt() async throws {
    try await withClient(HistoryHandler(last: 1, messagesAStream: 1)) { client in
      let watch = client.watch(.with { $0.afterRevision = 0 })
      _ = try watch.nextBlocking()
      client.close()
      let error = #expect(throws: GatehouseError.self) { _ = try watch.nextBlocking() }
      #expect(error?.code == .cancelled)
    }
  }
}
