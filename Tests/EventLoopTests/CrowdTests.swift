internal import GatehouseAPI
internal import RPC
internal import System
internal import Testing

@testable import EventLoop

/// Calls that are refused because too many wait.
@Suite struct CrowdTests {
  /// The handler is told how much its loop has read, as long as no answers were sent, and what it will not take is
  /// refused: all but the calls that are taken all the same.
  @Test func whatIsTooMuchIsRefusedBeforeItIsHandedOver() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    let state = server.handler.state
    let limit = EventLoop.greatestBatch + 10
    state.withLock { $0.crowdsFrom = limit }
    // Read in pieces that are not known, so how many are refused is not either. More than the limit are read at once
    // where they come at once.
    let count: UInt32 = 2000
    try peer.send((1...count).flatMap { TestPeer.call($0, .customerServiceGetCustomer) })
    var refused = 0
    for _ in 1...count {
      let (_, reply) = try peer.receiveReply()
      guard let status = reply.status, status.code != 0 else { continue }
      #expect(Status(status).reason == "OVERLOADED")
      refused += 1
    }
    let (batches, readCalls) = state.withLock { ($0.batches, $0.readCalls) }
    #expect(batches.reduce(0, +) + refused == Int(count))
    #expect(readCalls.first == 0)
    // What was read beyond the limit was not handed over: at most the batch that reached it was.
    #expect(readCalls.allSatisfy { $0 < limit + EventLoop.greatestBatch })
    // Once answers were sent there is no crowd any more.
    #expect(try Self.isTaken(.customerServiceGetCustomer, count + 1, peer))
    state.withLock { $0.crowdsFrom = 0 }
    #expect(try !Self.isTaken(.customerServiceGetCustomer, count + 2, peer))
    #expect(try Self.isTaken(.healthCheck, count + 3, peer))
    #expect(server.server.counters.refusals == UInt64(refused) + 1)
  }

  private static func isTaken(_ method: RPCMethod, _ stream: UInt32, _ peer: TestPeer) throws -> Bool {
    try peer.send(TestPeer.call(stream, method))
    let (answered, reply) = try peer.receiveReply()
    #expect(answered == stream)
    return (reply.status?.code ?? 0) == 0
  }
}
