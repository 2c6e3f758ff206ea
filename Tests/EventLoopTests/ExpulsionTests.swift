internal import EventLoop
internal import GatehouseAPI
internal import RPC
internal import Testing

/// Callers who may no longer call are put out, and nobody else.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ExpulsionTests {
  private let status = Status(code: .unauthenticated, message: "no longer")
  private let echo = RPCMethod.customerServiceGetCustomer
  private let held = RPCMethod.customerServiceGetHistory
  private let endless = RPCMethod.customerServiceWatch
  private let woken = RPCMethod.customerServiceWatchStats

  @Test(arguments: [1, 3]) func streamsEndThenTheConnection(loops: Int) throws {
    let server = try TestServer { $0.loops = loops }
    let gone = try (0..<3).map { _ in try TestPeer.greeted(server.address, as: "7") }
    let staying = try (0..<3).map { _ in try TestPeer.greeted(server.address, as: "8") }
    // One stream waits for something to send, the other, having sent it, for credit.
    for peer in gone + staying { try peer.send(TestPeer.call(1, woken) + TestPeer.call(2, endless, credit: 1)) }
    for peer in gone + staying { #expect(try peer.receiveReply().stream == 2) }
    server.server.expel([CallerID(rawValue: 7), CallerID(rawValue: 9)], status)
    for peer in gone {
      for _ in 0..<2 { #expect(try peer.receiveReply().reply.status?.code == StatusCode.unauthenticated.rawValue) }
      guard case .goAway(let goAway) = try peer.receive().kind else { throw TestPeer.Gone() }
      #expect(goAway.lastStream == 2 && goAway.status.map { Status($0) } == status)
      #expect(throws: TestPeer.Gone.self) { try peer.receive() }
    }
    #expect(server.wait(server.handler.state) { $0.cancelledStreams == 6 ? () : nil } != nil)
    for peer in staying {
      try peer.send(TestPeer.call(3, echo, [5]))
      let (stream, reply) = try peer.receiveReply()
      #expect(stream == 3 && reply.payload == [5])
    }
    #expect(server.closed(3) == [ClosingReason](repeating: .refused(.unauthenticated), count: 3))
  }

  /// A call that the handler has is carried out; its answer finds nobody, and the server goes on.
  @Test func callsUnderWayAreNotAnswered() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address, as: "7")
    try peer.send(TestPeer.call(1, held))
    #expect(server.wait(server.handler.state) { $0.heldCalls == 1 ? () : nil } != nil)
    server.server.expel([CallerID(rawValue: 7)], status)
    #expect(try peer.receiveEnd() == status)
    server.handler.release()
    let other = try TestPeer.greeted(server.address)
    try other.send(TestPeer.call(1, echo, [5]))
    #expect(try other.receiveReply().reply.payload == [5])
  }

  /// Whoever has not said hello is nobody yet.
  @Test func nobodyIsPutOutBeforeTheHello() throws {
    let server = try TestServer()
    let peer = try TestPeer(server.address)
    server.server.expel([CallerID(rawValue: 7)], status)
    try peer.send(TestPeer.hello("7") + TestPeer.call(1, echo, [5]))
    guard case .hello = try peer.receive().kind else { throw TestPeer.Gone() }
    #expect(try peer.receiveReply().reply.payload == [5])
  }
}
