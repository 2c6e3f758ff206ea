internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// A client of bytes and frames, that does what a good client never would.
final class TestPeer: @unchecked Sendable {  // one thread sends, one receives
  struct Silence: Error {}
  struct Gone: Error {}

  /// How long anything that is certain to come may take, in milliseconds.
  static let patience: Int32 = 20_000

  let socket: Socket
  private var input = ByteQueue()
  private var decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)

  init(_ address: SocketAddress) throws {
    socket = try Socket.connect(to: address, timeout: TestPeer.patience)
  }

  /// A peer that has said hello, and was answered.
  static func greeted(_ address: SocketAddress, as authorization: String = "") throws -> TestPeer {
    let peer = try TestPeer(address)
    try peer.send(hello(authorization))
    guard case .hello = try peer.receive().kind else { throw Gone() }
    return peer
  }

  static func hello(_ authorization: String = "") -> [UInt8] {
    var queue = ByteQueue()
    queue.appendHello(agent: "test", authorization: authorization)
    return queue.withUnsafeBytes { [UInt8]($0) }
  }

  static func call(
    _ stream: UInt32, _ method: RPCMethod, _ payload: [UInt8] = [], timeout: UInt64 = 0, credit: UInt32 = 0
  ) -> [UInt8] {
    bytes { $0.appendCall(stream, method, timeoutMicroseconds: timeout, credit: credit, payload: payload) }
  }

  static func bytes(_ write: (inout ByteQueue) -> Void) -> [UInt8] {
    var queue = ByteQueue()
    write(&queue)
    return queue.withUnsafeBytes { [UInt8]($0) }
  }

  /// Sends all of it.
  func send(_ bytes: [UInt8]) throws {
    guard try sendWhatFits(bytes, patience: TestPeer.patience) == bytes.count else { throw Silence() }
  }

  /// - Returns: how much was sent before the server took nothing for `patience` milliseconds.
  func sendWhatFits(_ bytes: [UInt8], patience: Int32) throws -> Int {
    var sent = 0
    while sent < bytes.count {
      switch bytes.withUnsafeBytes({ socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .moved(let count): sent += count
      case .wouldBlock: if try !socket.waitUntil(.writable, timeout: patience) { return sent }
      case .ended, .failed: throw Gone()
      }
    }
    return sent
  }

  /// The next frame. Throws ``Gone`` at the end of the stream.
  func receive() throws -> GatehouseRpcV1.Frame {
    while true {
      if let frame = try nextFrame() { return frame }
      guard try socket.waitUntil(.readable, timeout: TestPeer.patience) else { throw Silence() }
      var isGone = false
      input.append(upTo: 65_536) { room in
        switch socket.receive(into: room) {
        case .moved(let count): return count
        case .wouldBlock: return 0
        case .ended, .failed:
          isGone = true
          return 0
        }
      }
      if isGone { throw Gone() }
    }
  }

  private func nextFrame() throws -> GatehouseRpcV1.Frame? {
    var frame: GatehouseRpcV1.Frame?
    var consumed = 0
    try input.withUnsafeBytes { bytes in
      guard case .frame(let length) = decoder.next(bytes) else { return }
      consumed = 4 + length
      frame = try GatehouseRpcV1.Frame(decoding: UnsafeRawBufferPointer(rebasing: bytes[4..<consumed]))
    }
    input.consume(consumed)
    return frame
  }

  /// The reply of the next frame.
  func receiveReply() throws -> (stream: UInt32, reply: GatehouseRpcV1.Reply) {
    let frame = try receive()
    guard case .reply(let reply) = frame.kind else { throw Gone() }
    return (frame.stream, reply)
  }

  /// Reads to the end of the stream.
  ///
  /// - Returns: what the go-away on the way said, if there was one.
  func receiveEnd() throws -> Status? {
    var status: Status?
    while true {
      do {
        if case .goAway(let goAway) = try receive().kind { status = goAway.status.map { Status($0) } }
      } catch is Gone {
        return status
      }
    }
  }
}
