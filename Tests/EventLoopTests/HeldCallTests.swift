internal import EventLoop
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System
internal import Testing

/// Unary calls that are held until there is something to answer.
struct HeldCallTests {
  private let method = RPCMethod.reviewServiceClaimReviews

  /// Wakes the call, once its source has said that it is idle: it has by the time that a ping behind it is answered.
  private func wake(_ server: TestServer, _ peer: TestPeer) throws {
    guard let waker = server.wait(server.handler.state, until: { $0.wakers.first }) else { throw TestPeer.Silence() }
    try peer.send(TestPeer.bytes { $0.appendPing(nonce: 1) })
    guard case .pong = try peer.receive().kind else { throw TestPeer.Gone() }
    waker.wake()
  }

  /// One frame with payload and status, as every unary call is answered.
  @Test func isAnsweredOnceItIsWoken() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, method, [3]))
    try wake(server, peer)
    let (stream, reply) = try peer.receiveReply()
    #expect(stream == 1 && reply.payload == [UInt8](repeating: 7, count: 3 << 10))
    #expect(reply.status.map { $0.code == 0 } ?? false)
    try peer.send(TestPeer.call(2, .customerServiceGetCustomer, [5]))
    #expect(try peer.receiveReply().reply.payload == [5], "nothing more comes of it")
    #expect(server.handler.state.withLock { $0.cancelledStreams } == 0)
  }

  @Test func itsSourceHearsOfACancel() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, method) + TestPeer.bytes { $0.appendCancel(1) })
    #expect(try peer.receiveReply().reply.status?.code == StatusCode.cancelled.rawValue)
    #expect(server.wait(server.handler.state) { $0.cancelledStreams == 1 ? () : nil } != nil)
  }

  @Test func itsSourceHearsOfTheDeadline() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, method, timeout: 10_000))
    #expect(try peer.receiveReply().reply.status?.code == StatusCode.deadlineExceeded.rawValue)
    #expect(server.handler.state.withLock { $0.cancelledStreams } == 1)
  }

  @Test func itsSourceHearsWhenThePeerIsGone() throws {
    let server = try TestServer()
    do {
      let peer = try TestPeer.greeted(server.address)
      try peer.send(TestPeer.call(1, method))
      guard server.wait(server.handler.state, until: { $0.wakers.first }) != nil else { throw TestPeer.Silence() }
    }
    #expect(server.wait(server.handler.state) { $0.cancelledStreams == 1 ? () : nil } != nil)
  }

  @Test func anAnswerThatIsTooLongIsToldSo() throws {
    let server = try TestServer()
    let peer = try TestPeer(server.address)
    var hello = GatehouseRpcV1.Hello()
    hello.version = 1
    hello.limits = GatehouseRpcV1.Limits()
    hello.limits?.maxFrameBytes = 64
    var frame = GatehouseRpcV1.Frame()
    frame.kind = .hello(hello)
    let bytes = frame.encoded()
    try peer.send([0, 0, 0, UInt8(bytes.count)] + bytes + TestPeer.call(1, method, [200]))
    guard case .hello = try peer.receive().kind else { throw TestPeer.Gone() }
    try wake(server, peer)
    #expect(try peer.receiveReply().reply.status?.code == StatusCode.resourceExhausted.rawValue)
  }
}
