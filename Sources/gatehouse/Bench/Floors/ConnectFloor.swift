internal import System

/// How many connections a second are made, used for one message each way of a call's sizes, and closed, with a thread
/// of this process at the other end that looks at nothing.
enum ConnectFloor {
  /// How long a connection may take to be made, in milliseconds.
  private static let patience: Int32 = 5000

  /// - Parameters:
  ///   - connections: how many are open at once.
  ///   - nanoseconds: how long to measure.
  /// - Returns: connections a second.
  static func measure(
    connections: Int, requestBytes: Int, replyBytes: Int, nanoseconds: UInt64
  ) throws(SystemError) -> Double {
    let server = try EchoServer(requestBytes: requestBytes, replyBytes: replyBytes)
    let thread = try Thread(name: "gh-echo") {
      // A server that fails leaves its clients without answers, which they notice.
      try? server.run()
    }
    let result = Result { () throws(SystemError) in
      try churn(server.address, connections, requestBytes, replyBytes, nanoseconds)
    }
    server.stop()
    thread.join()
    return try result.get()
  }

  private static func churn(
    _ address: SocketAddress, _ connections: Int, _ requestBytes: Int, _ replyBytes: Int, _ nanoseconds: UInt64
  ) throws(SystemError) -> Double {
    let epoll = try Epoll(capacity: 256)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: EchoPeer.bufferBytes, alignment: 64)
    defer { buffer.deallocate() }
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    func open(_ index: Int) throws(SystemError) -> EchoPeer {
      let socket = try Socket.connect(to: address, timeout: patience)
      let peer = EchoPeer(socket, sending: requestBytes, receiving: replyBytes)
      try peer.watch(epoll, tag: UInt64(index))
      guard try peer.send(1, from: UnsafeRawBufferPointer(buffer), epoll, tag: UInt64(index)) else {
        throw .connectionReset
      }
      return peer
    }
    let began = MonotonicClock.now()
    var peers: [EchoPeer?] = []
    for index in 0..<connections { peers.append(try open(index)) }
    var count = 0
    var now = began
    while now - began < nanoseconds {
      let events = try epoll.wait(timeout: patience)
      guard events > 0 else { throw .connectionReset }
      for event in 0..<events {
        let index = Int(epoll.event(event).tag)
        guard let messages = peers[index]?.receive(into: buffer) else { throw .connectionReset }
        guard messages > 0 else { continue }
        count += 1
        // The old one is closed before there is a new one: so many are open, and no more.
        peers[index] = nil
        peers[index] = try open(index)
      }
      now = MonotonicClock.now()
    }
    return Double(count) * 1e9 / Double(max(now - began, 1))
  }
}
