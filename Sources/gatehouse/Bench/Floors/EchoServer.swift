internal import System

/// The least that a server can do: an epoll loop on a thread of its own that answers each message with one of a fixed
/// size, without looking at it.
final class EchoServer: Sendable {
  private enum Tag {
    static let listener: UInt64 = 0
    static let stop: UInt64 = 1
    static let firstPeer: UInt64 = 2
  }

  private let listener: Listener
  private let stopping: EventCounter
  private let requestBytes: Int
  private let replyBytes: Int

  init(requestBytes: Int, replyBytes: Int) throws(SystemError) {
    listener = try Listener(on: .loopback(port: 0))
    stopping = try EventCounter()
    self.requestBytes = requestBytes
    self.replyBytes = replyBytes
  }

  var address: SocketAddress { listener.address }

  func stop() {
    stopping.signal()
  }

  /// Serves until ``stop()``, on the calling thread. Who is connected then is disconnected.
  func run() throws(SystemError) {
    let epoll = try Epoll(capacity: 256)
    try epoll.add(listener.rawValue, .readable, tag: Tag.listener)
    try epoll.add(stopping.rawValue, .readable, tag: Tag.stop)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: EchoPeer.bufferBytes, alignment: 64)
    defer { buffer.deallocate() }
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    var peers: [EchoPeer?] = []
    while true {
      for index in 0..<(try epoll.wait(timeout: -1)) {
        switch epoll.event(index).tag {
        case Tag.stop: return
        case Tag.listener: try accept(epoll, &peers)
        case let tag: try answer(&peers[Int(tag - Tag.firstPeer)], tag, buffer, epoll)
        }
      }
    }
  }

  private func accept(_ epoll: borrowing Epoll, _ peers: inout [EchoPeer?]) throws(SystemError) {
    while case .accepted(let socket) = listener.accept() {
      let peer = EchoPeer(socket, sending: replyBytes, receiving: requestBytes)
      try peer.watch(epoll, tag: UInt64(peers.count) + Tag.firstPeer)
      peers.append(peer)
    }
  }

  private func answer(
    _ peer: inout EchoPeer?, _ tag: UInt64, _ buffer: UnsafeMutableRawBufferPointer, _ epoll: borrowing Epoll
  ) throws(SystemError) {
    guard let messages = peer?.receive(into: buffer),
      try peer?.send(messages, from: UnsafeRawBufferPointer(buffer), epoll, tag: tag) == true
    else {
      peer = nil
      return
    }
  }
}
