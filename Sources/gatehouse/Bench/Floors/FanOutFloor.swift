internal import System

/// What it takes at least to give each of many connections the same message: one thread sends them, one after the
/// other, another one reads them. Round after round, each when the last one has arrived everywhere.
enum FanOutFloor {
  struct Figures: Equatable, Sendable {
    /// Messages a second that arrived.
    var rate: Double
    /// From the beginning of a round until a message was read.
    var latency: Histogram
  }

  private struct Rounds {
    var begun = 0
    var isOver = false
  }

  /// How long a connection may take to be made, and a message to arrive, in milliseconds.
  private static let patience: Int32 = 5000

  /// - Parameters:
  ///   - connections: at least 1.
  ///   - messageBytes: at least 1.
  ///   - nanoseconds: how long to measure; one round at least.
  static func measure(
    connections: Int, messageBytes: Int, nanoseconds: UInt64
  ) throws(SystemError) -> Figures {
    let listener = try Listener(on: .loopback(port: 0))
    let epoll = try Epoll(capacity: 256)
    var senders: [EchoPeer] = []
    var readers: [EchoPeer] = []
    for index in 0..<connections {
      let socket = try Socket.connect(to: listener.address, timeout: patience)
      readers.append(EchoPeer(socket, sending: messageBytes, receiving: messageBytes))
      try readers[index].watch(epoll, tag: UInt64(index))
      guard case .accepted(let accepted) = listener.accept() else { throw .connectionReset }
      senders.append(EchoPeer(accepted, sending: messageBytes, receiving: messageBytes))
    }
    let rounds = Monitor(Rounds())
    let sender = try FanOutSender(senders)
    let thread = try Thread(name: "gh-fan-out") {
      var sent = 0
      while rounds.wait(until: { rounds in rounds.isOver ? false : rounds.begun > sent ? true : nil }) {
        sent += 1
        // A sender that fails leaves its readers without messages, which they notice.
        guard (try? sender.send()) != nil else { return }
      }
    }
    let result = Result { () throws(SystemError) in
      try read(readers, epoll, nanoseconds) {
        rounds.withLock { $0.begun += 1 }
        rounds.broadcast()
      }
    }
    rounds.withLock { $0.isOver = true }
    rounds.broadcast()
    thread.join()
    return try result.get()
  }

  private static func read(
    _ readers: [EchoPeer], _ epoll: borrowing Epoll, _ nanoseconds: UInt64, begin: () -> Void
  ) throws(SystemError) -> Figures {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: EchoPeer.bufferBytes, alignment: 64)
    defer { buffer.deallocate() }
    var latency = Histogram()
    let began = MonotonicClock.now()
    var now = began
    repeat {
      let start = MonotonicClock.now()
      begin()
      var missing = readers.count
      while missing > 0 {
        let events = try epoll.wait(timeout: patience)
        guard events > 0 else { throw .connectionReset }
        for event in 0..<events {
          guard let messages = readers[Int(epoll.event(event).tag)].receive(into: buffer) else {
            throw .connectionReset
          }
          now = MonotonicClock.now()
          for _ in 0..<messages { latency.record(now - start) }
          missing -= messages
        }
      }
    } while now - began < nanoseconds
    return Figures(rate: Double(latency.count) * 1e9 / Double(max(now - began, 1)), latency: latency)
  }
}

/// The sending end; used by one thread.
private final class FanOutSender: @unchecked Sendable {  // one thread uses it, behind the one that made it
  private let peers: [EchoPeer]
  private let epoll: Epoll
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ peers: [EchoPeer]) throws(SystemError) {
    self.peers = peers
    epoll = try Epoll(capacity: 256)
    buffer = .allocate(byteCount: EchoPeer.bufferBytes, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    for (index, peer) in peers.enumerated() { try peer.watch(epoll, tag: UInt64(index)) }
  }

  deinit { buffer.deallocate() }

  /// Sends a message to each, to the last byte.
  func send() throws(SystemError) {
    for index in peers.indices { try send(1, index) }
    while peers.contains(where: \.owesBytes) {
      for event in 0..<(try epoll.wait(timeout: 1000)) { try send(0, Int(epoll.event(event).tag)) }
    }
  }

  private func send(_ messages: Int, _ index: Int) throws(SystemError) {
    guard try peers[index].send(messages, from: UnsafeRawBufferPointer(buffer), epoll, tag: UInt64(index)) else {
      throw .connectionReset
    }
  }
}
