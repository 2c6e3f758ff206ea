internal import System

/// How fast messages of the same sizes as the server's frames go to a thread of this process and back, on as many
/// connections and with as many in flight: what the kernel's part of a call takes at least.
enum EchoFloor {
  /// How long a connection may take to be made, in milliseconds; on the loopback it is at once.
  private static let patience: Int32 = 5000

  /// - Parameters:
  ///   - requestBytes: of a call's frame, its length included; at least 1, as `replyBytes`.
  ///   - nanoseconds: how long to measure, after a tenth of that to warm up.
  static func measure(
    _ load: ScenarioResult.Load, requestBytes: Int, replyBytes: Int, nanoseconds: UInt64
  ) throws(SystemError) -> ScenarioRun {
    let server = try EchoServer(requestBytes: requestBytes, replyBytes: replyBytes)
    let thread = try Thread(name: "gh-echo") {
      // A server that fails leaves its clients without answers, which they notice.
      try? server.run()
    }
    let result = Result { () throws(SystemError) in
      let client = try EchoClient(server.address, load, requestBytes, replyBytes, patience)
      return try client.run(nanoseconds: nanoseconds)
    }
    server.stop()
    thread.join()
    return try result.get()
  }
}

/// The other end: keeps so many messages in flight on each connection, and measures how long each takes.
private final class EchoClient {
  /// When the messages in flight on a connection were sent, oldest first, in a ring.
  private struct Flight {
    var sentAt: [UInt64]
    var oldest = 0
  }

  private let epoll: Epoll
  private let buffer: UnsafeMutableRawBufferPointer
  private var peers: [EchoPeer] = []
  private var flights: [Flight] = []

  init(
    _ address: SocketAddress, _ load: ScenarioResult.Load, _ requestBytes: Int, _ replyBytes: Int, _ patience: Int32
  ) throws(SystemError) {
    epoll = try Epoll(capacity: 256)
    buffer = .allocate(byteCount: EchoPeer.bufferBytes, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    for index in 0..<load.connections {
      let socket = try Socket.connect(to: address, timeout: patience)
      let peer = EchoPeer(socket, sending: requestBytes, receiving: replyBytes)
      try peer.watch(epoll, tag: UInt64(index))
      peers.append(peer)
      flights.append(Flight(sentAt: [UInt64](repeating: 0, count: load.inFlight)))
    }
  }

  deinit { buffer.deallocate() }

  func run(nanoseconds: UInt64) throws(SystemError) -> ScenarioRun {
    let start = MonotonicClock.now()
    for index in peers.indices { try send(flights[index].sentAt.count, index, at: start) }
    let warm = start + nanoseconds / 10
    var run = ScenarioRun()
    var now = start
    while now < warm { now = try turn(nil) }
    let began = now
    while now - began < nanoseconds { now = try turn(&run) }
    run.nanoseconds = now - began
    return run
  }

  private func turn(_ run: UnsafeMutablePointer<ScenarioRun>?) throws(SystemError) -> UInt64 {
    let count = try epoll.wait(timeout: 1000)
    for event in 0..<count {
      let index = Int(epoll.event(event).tag)
      guard let messages = peers[index].receive(into: buffer) else { throw .connectionReset }
      let now = MonotonicClock.now()
      if let run {
        record(messages, index, now, &run.pointee.latency)
        run.pointee.count += UInt64(messages)
      }
      try send(messages, index, at: now)
    }
    return MonotonicClock.now()
  }

  /// Answers come in the order of the requests.
  private func record(_ messages: Int, _ index: Int, _ now: UInt64, _ latency: inout Histogram) {
    var position = flights[index].oldest
    for _ in 0..<messages {
      latency.record(now - flights[index].sentAt[position])
      position += 1
      if position == flights[index].sentAt.count { position = 0 }
    }
  }

  /// A message takes the place of one that was answered, the oldest.
  private func send(_ messages: Int, _ index: Int, at now: UInt64) throws(SystemError) {
    for _ in 0..<messages {
      flights[index].sentAt[flights[index].oldest] = now
      flights[index].oldest += 1
      if flights[index].oldest == flights[index].sentAt.count { flights[index].oldest = 0 }
    }
    guard try peers[index].send(messages, from: UnsafeRawBufferPointer(buffer), epoll, tag: UInt64(index)) else {
      throw .connectionReset
    }
  }
}
