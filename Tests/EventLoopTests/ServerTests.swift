internal import EventLoop
internal import GatehouseAPI
internal import RPC
internal import System
internal import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct ServerTests {
  private let echo = RPCMethod.customerServiceGetCustomer
  private let held = RPCMethod.customerServiceGetHistory
  private let endless = RPCMethod.customerServiceWatch
  private let woken = RPCMethod.customerServiceWatchStats

  private func ping(_ nonce: UInt64) -> [UInt8] {
    TestPeer.bytes { $0.appendPing(nonce: nonce) }
  }

  // MARK: Reading

  @Test func callsBehindTheHelloAreAnswered() throws {
    let server = try TestServer { $0.storeID = [1, 2, 3] }
    let peer = try TestPeer(server.address)
    try peer.send(TestPeer.hello() + TestPeer.call(1, echo, [7]) + TestPeer.call(2, echo) + ping(9))
    guard case .hello(let hello) = try peer.receive().kind else { throw TestPeer.Gone() }
    #expect(hello.version == 1 && hello.storeId == [1, 2, 3])
    #expect(hello.limits?.maxFrameBytes == 1 << 20 && hello.limits?.maxStreams == 1024)
    var seen: [String] = []
    for _ in 0..<3 {
      let frame = try peer.receive()
      switch frame.kind {
      case .reply(let reply): seen.append("\(frame.stream) \(reply.payload) \(reply.status?.code ?? -1)")
      case .pong(let pong): seen.append("pong \(pong.nonce)")
      default: seen.append("?")
      }
    }
    #expect(Set(seen) == ["1 [7] 0", "2 [] 0", "pong 9"])
  }

  @Test func oneByteAtATimeIsEnough() throws {
    let server = try TestServer()
    let peer = try TestPeer(server.address)
    try peer.socket.setNoDelay()
    for byte in TestPeer.hello() + TestPeer.call(1, echo, [7]) + TestPeer.call(2, echo, [8]) { try peer.send([byte]) }
    _ = try peer.receive()
    #expect(try peer.receiveReply().reply.payload == [7])
    #expect(try peer.receiveReply().reply.payload == [8])
  }

  @Test func framesAcrossReadsOfAnySizeAreWhole() throws {
    let server = try TestServer { $0.maxQueuedBytes = 64 << 20 }
    let peer = try TestPeer.greeted(server.address)
    var bytes: [UInt8] = []
    let sizes = [0, 1, 100, 16_000, 130_000, 131_072, 500_000, 1_000_000, 3]
    for (index, size) in sizes.enumerated() {
      bytes += TestPeer.call(UInt32(index) + 1, echo, [UInt8](repeating: UInt8(index), count: size))
    }
    let whole = bytes
    let sender = try Thread(name: "sender") { try? peer.send(whole) }
    for (index, size) in sizes.enumerated() {
      let (stream, reply) = try peer.receiveReply()
      #expect(stream == UInt32(index) + 1)
      #expect(reply.payload == [UInt8](repeating: UInt8(index), count: size))
    }
    sender.join()
  }

  @Test func callsThatWaitedForRoomAreHandedOver() throws {
    let server = try TestServer {
      $0.maxQueuedBytes = 500
      $0.limits.maxPings = 1000
    }
    let peer = try TestPeer.greeted(server.address)
    var bytes: [UInt8] = []
    for nonce in UInt64(1)...300 { bytes += ping(nonce) }
    try peer.send(bytes + TestPeer.call(1, echo, [4]))
    for _ in 0..<300 {
      guard case .pong = try peer.receive().kind else { throw TestPeer.Gone() }
    }
    #expect(try peer.receiveReply().reply.payload == [4])
  }

  @Test func aPeerThatOnlyClosesItsSideIsStillAnswered() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, held, [1]) + TestPeer.call(2, woken) + TestPeer.call(3, echo, [3]))
    peer.socket.finishSending()
    #expect(try peer.receiveReply().stream == 3)
    #expect(server.wait(server.handler.state) { $0.cancelledStreams == 1 ? () : nil } != nil)
    server.handler.release()
    #expect(try peer.receiveReply().reply.payload == [1])
    #expect(throws: TestPeer.Gone.self) { try peer.receive() }
    #expect(server.closed(1) == [.peerClosed])
  }

  // MARK: Violations

  @Test func whatIsNotTheProtocolIsToldSo() throws {
    let server = try TestServer { $0.lingerTimeout = 50_000_000 }
    var tooLong = ServerLimits().maxFrameBytes + 1
    var prefix: [UInt8] = []
    for _ in 0..<4 {
      prefix.insert(UInt8(tooLong & 0xFF), at: 0)
      tooLong >>= 8
    }
    let cases: [([UInt8], ProtocolViolation)] = [
      (prefix, .frame(.frameTooLong(length: 1 << 20 + 1, limit: 1 << 20))),
      ([0xFF, 0xFF, 0xFF, 0xFF], .frame(.notAFrame)),
      ([0, 0, 0, 1, 0xFF], .malformedFrame),
      ([0, 0, 0, 0], .helloExpected),
      (TestPeer.call(1, echo), .helloExpected),
      (TestPeer.hello() + TestPeer.hello(), .secondHello),
      (TestPeer.hello() + TestPeer.call(2, echo) + TestPeer.call(2, echo), .streamOutOfOrder(2, last: 2)),
    ]
    for (index, (bytes, violation)) in cases.enumerated() {
      let peer = try TestPeer(server.address)
      // What follows is not read: the reason must arrive all the same.
      try peer.send(bytes + [UInt8](repeating: 0x41, count: 50_000))
      let status = try peer.receiveEnd()
      #expect(status == violation.status)
      #expect(server.closed(index + 1)?.last == .violation(violation))
    }
  }

  @Test(arguments: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}"]) func otherProtocolsAreClosedOn(
    bytes: String
  ) throws {
    let server = try TestServer()
    let peer = try TestPeer(server.address)
    try peer.send(Array(bytes.utf8))
    #expect(throws: TestPeer.Gone.self) { try peer.receive() }
    #expect(server.closed(1) == [.violation(.frame(.anotherProtocol))])
  }

  @Test func aPeerThatGoesInTheMiddleOfAFrameIsForgotten() throws {
    let server = try TestServer()
    for index in 0..<50 {
      let peer = try TestPeer.greeted(server.address)
      try peer.send(
        TestPeer.call(1, held) + TestPeer.call(2, endless) + Array(TestPeer.call(3, echo).dropLast(index % 20 + 1)))
      if index.isMultiple(of: 2) { try peer.socket.setResetOnClose() }
    }
    #expect(server.closed(50) != nil)
    // Either the stream was opened and cancelled, or its connection broke before it was read.
    server.handler.release()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, echo, [1]))
    #expect(try peer.receiveReply().reply.payload == [1])
  }

  // MARK: Time

  @Test func aThousandSilentConnectionsAreClosedInTime() throws {
    let server = try TestServer { $0.helloTimeout = 50_000_000 }
    var peers: [TestPeer] = []
    // As many as most systems let a process have without asking, twice over for both ends.
    for _ in 0..<400 { peers.append(try TestPeer(server.address)) }
    for peer in peers { #expect(try peer.receiveEnd()?.code == .deadlineExceeded) }
    peers = []
    #expect(server.closed(400)?.allSatisfy { $0 == .helloTimeout } == true)
  }

  @Test func aFrameThatIsNeverEndedIsClosedInTime() throws {
    let server = try TestServer { $0.frameTimeout = 50_000_000 }
    let peer = try TestPeer.greeted(server.address)
    try peer.send([0, 0])
    #expect(try peer.receiveEnd()?.code == .deadlineExceeded)
    #expect(server.closed(1) == [.frameTimeout])
  }

  @Test func aSilentConnectionIsPingedAndThenClosed() throws {
    let server = try TestServer {
      $0.keepaliveInterval = 20_000_000
      $0.idleTimeout = 60_000_000
    }
    let peer = try TestPeer.greeted(server.address)
    guard case .ping = try peer.receive().kind else { throw TestPeer.Gone() }
    #expect(try peer.receiveEnd()?.code == .deadlineExceeded)
    #expect(server.closed(1) == [.idle])
  }

  @Test func aConnectionThatAnswersPingsStays() throws {
    let server = try TestServer {
      $0.keepaliveInterval = 20_000_000
      $0.idleTimeout = 10_000_000_000
    }
    let peer = try TestPeer.greeted(server.address)
    for _ in 0..<5 {
      guard case .ping(let ping) = try peer.receive().kind else { throw TestPeer.Gone() }
      try peer.send(TestPeer.bytes { $0.appendPong(nonce: ping.nonce) })
    }
    try peer.send(TestPeer.call(1, echo, [3]))
    while true {
      guard case .reply(let reply) = try peer.receive().kind else { continue }
      #expect(reply.payload == [3])
      break
    }
  }

  // MARK: Bounds

  @Test func aPeerThatNeverReadsIsNotReadFrom() throws {
    let server = try TestServer {
      $0.maxQueuedBytes = 256 << 10
      $0.limits.maxStreams = 64
    }
    let peer = try TestPeer.greeted(server.address)
    try peer.socket.setReceiveBuffer(bytes: 16 << 10)
    let payload = [UInt8](repeating: 1, count: 10_000)
    let offered = 6_000
    var calls: [UInt8] = []
    for stream in 1...offered { calls += TestPeer.call(UInt32(stream), echo, payload) }
    let taken = try peer.sendWhatFits(calls, patience: 300)
    // What the kernel's buffers and the bound hold; far from the 60 MB that were offered.
    #expect(taken < calls.count / 2)
    #expect(server.server.counters.bytesReceived < UInt64(calls.count / 2))
    // When it reads, everything it had sent is answered.
    let sender = try Thread(name: "sender") { [rest = Array(calls[taken...])] in try? peer.send(rest) }
    for stream in 1...offered {
      let (number, reply) = try peer.receiveReply()
      #expect(number == UInt32(stream) && (reply.payload.count == payload.count || reply.status?.code == 8))
    }
    sender.join()
  }

  @Test func cancellingCallsMakesNoRoomForMore() throws {
    let server = try TestServer { $0.limits.maxStreams = 10 }
    let peer = try TestPeer.greeted(server.address)
    var bytes: [UInt8] = []
    let calls = 2_000
    for stream in UInt32(1)...UInt32(calls) {
      bytes += TestPeer.call(stream, held) + TestPeer.bytes { $0.appendCancel(stream) }
    }
    let flood = bytes
    let sender = try Thread(name: "sender") { try? peer.send(flood) }
    var codes: [Int32: Int] = [:]
    for _ in 0..<calls { codes[try peer.receiveReply().reply.status?.code ?? -1, default: 0] += 1 }
    sender.join()
    #expect(codes == [StatusCode.cancelled.rawValue: 10, StatusCode.resourceExhausted.rawValue: calls - 10])
    #expect(server.handler.state.withLock { $0.heldCalls } == 10)
    // Another connection is served all along, and this one again when the handler is done.
    let other = try TestPeer.greeted(server.address)
    try other.send(TestPeer.call(1, echo, [5]))
    #expect(try other.receiveReply().reply.payload == [5])
    server.handler.release()
    // The pong goes out behind what the handler has delivered.
    try peer.send(ping(1))
    guard case .pong = try peer.receive().kind else { throw TestPeer.Gone() }
    try peer.send(TestPeer.call(100_000, echo, [6]))
    #expect(try peer.receiveReply().reply.payload == [6])
  }

  @Test func oneConnectionTooManyIsToldSo() throws {
    let server = try TestServer { $0.maxConnections = 2 }
    let first = try TestPeer.greeted(server.address)
    let second = try TestPeer.greeted(server.address)
    let third = try TestPeer(server.address)
    #expect(try third.receiveEnd()?.code == .resourceExhausted)
    second.socket.finishSending()
    #expect(server.closed(1) == [.peerClosed])
    let fourth = try TestPeer.greeted(server.address)
    for peer in [first, fourth] {
      try peer.send(TestPeer.call(1, echo, [1]))
      #expect(try peer.receiveReply().reply.payload == [1])
    }
  }

  @Test func moreCallsThanTheHandlerMayHaveAreRefused() throws {
    let server = try TestServer { $0.maxCallsInFlight = 3 }
    let peer = try TestPeer.greeted(server.address)
    for stream in UInt32(1)...4 { try peer.send(TestPeer.call(stream, held)) }
    let (stream, reply) = try peer.receiveReply()
    #expect(stream == 4 && reply.status.map { Status($0) } == .overloaded)
    server.handler.release()
    for _ in 0..<3 { #expect(try peer.receiveReply().reply.status?.code == 0) }
  }

  // MARK: Streams

  @Test func aStreamSendsWhatWasGrantedAndNoMore() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, endless, credit: 3))
    for number in UInt8(1)...3 { #expect(try peer.receiveReply().reply.payload == [number, 0, 0, 0]) }
    try peer.send(ping(1) + TestPeer.bytes { $0.appendCredit(1, messages: 2) })
    guard case .pong = try peer.receive().kind else { throw TestPeer.Gone() }
    for number in UInt8(4)...5 { #expect(try peer.receiveReply().reply.payload == [number, 0, 0, 0]) }
    try peer.send(TestPeer.bytes { $0.appendCancel(1) })
    let (_, reply) = try peer.receiveReply()
    #expect(reply.status?.code == StatusCode.cancelled.rawValue)
    #expect(server.wait(server.handler.state) { $0.cancelledStreams == 1 ? () : nil } != nil)
  }

  @Test func aStreamWithoutCreditBlocksNobody() throws {
    let server = try TestServer { $0.streamQueuedBytes = 4096 }
    let peer = try TestPeer.greeted(server.address)
    try peer.send(
      TestPeer.call(1, endless, credit: 1) + TestPeer.call(2, endless, credit: 100_000) + TestPeer.call(3, echo, [3]))
    var numbers: [UInt32: Int] = [:]
    while numbers[2, default: 0] < 100_000 || numbers[3] == nil {
      numbers[try peer.receiveReply().stream, default: 0] += 1
    }
    #expect(numbers == [1: 1, 2: 100_000, 3: 1])
  }

  @Test func anIdleStreamIsWoken() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, woken))
    guard let waker = server.wait(server.handler.state, until: { $0.wakers.first }) else { throw TestPeer.Silence() }
    // A wake may come before the source has said that it is idle: then it is asked once, and says so.
    for _ in 0..<3 {
      try peer.send(ping(1))
      guard case .pong = try peer.receive().kind else { throw TestPeer.Gone() }
      waker.wake()
      #expect(try peer.receiveReply().reply.payload == [1])
    }
  }

  @Test func aStreamEndsAtItsDeadline() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, woken, timeout: 20_000) + TestPeer.call(2, endless, timeout: 20_000, credit: 1))
    var codes: [UInt32: Int32] = [:]
    while codes.count < 2 {
      let (stream, reply) = try peer.receiveReply()
      if let status = reply.status { codes[stream] = status.code }
    }
    #expect(codes == [1: StatusCode.deadlineExceeded.rawValue, 2: StatusCode.deadlineExceeded.rawValue])
  }

  // MARK: End

  @Test(arguments: [1, 3]) func aDrainLosesNoAnswer(loops: Int) throws {
    let server = try TestServer { $0.loops = loops }
    var peers: [TestPeer] = []
    for _ in 0..<6 {
      let peer = try TestPeer.greeted(server.address)
      try peer.send(TestPeer.call(1, held, [1]) + TestPeer.call(2, woken))
      peers.append(peer)
    }
    #expect(server.wait(server.handler.state) { $0.heldCalls == 6 ? () : nil } != nil)
    let drain = try Thread(name: "drain") { [server = server.server] in server.drain(grace: 20_000_000_000) }
    for peer in peers {
      guard case .goAway(let goAway) = try peer.receive().kind else { throw TestPeer.Gone() }
      #expect(goAway.lastStream == 2 && goAway.status.map { Status($0) } == .shuttingDown)
      let (stream, reply) = try peer.receiveReply()
      #expect(stream == 2 && reply.status?.code == StatusCode.unavailable.rawValue)
      try peer.send(TestPeer.call(3, echo))
      let (late, refused) = try peer.receiveReply()
      #expect(late == 3 && refused.status.map { Status($0) } == .shuttingDown)
    }
    server.handler.release()
    for peer in peers {
      let (stream, reply) = try peer.receiveReply()
      #expect(stream == 1 && reply.payload == [1] && reply.status?.code == 0)
      #expect(throws: TestPeer.Gone.self) { try peer.receive() }
    }
    peers = []
    drain.join()
    #expect(server.closed(6) == [ClosingReason](repeating: .draining, count: 6))
    #expect(throws: (any Error).self) { try TestPeer(server.address) }
  }

  @Test func aDrainEndsWithItsTime() throws {
    let server = try TestServer()
    let peer = try TestPeer.greeted(server.address)
    try peer.send(TestPeer.call(1, held))
    #expect(server.wait(server.handler.state) { $0.heldCalls == 1 ? () : nil } != nil)
    server.server.drain(grace: 1_000_000)
    #expect(try peer.receiveEnd() == .shuttingDown)
    // The answer finds nobody.
    server.handler.release()
  }
}
