internal import RPC
internal import System

/// A connection of a load: its socket, what waits to be sent, and the lanes that wait for answers. For one thread.
struct LoadConnection: ~Copyable {
  enum Phase: Equatable {
    /// Asked for; the kernel has not said yet whether there will be one.
    case connecting
    /// Ours was sent or waits to be; the server's Hello is still to come.
    case awaitingHello
    case open
    case closed
  }

  /// How a step on the socket went.
  enum Progress: Equatable {
    case goes
    /// The kernel takes no more for now.
    case blocked
    case lost
  }

  var phase = Phase.closed
  var lanes: LaneTable
  /// What waits to be sent.
  var output = ByteQueue()
  /// The beginning of a frame whose rest is still to come.
  private var partial = ByteQueue()
  var decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)
  private var socket: Socket?
  /// Whether the socket is watched for room to write.
  private var waitsForRoom = false
  /// What went over all its sockets.
  private(set) var traffic = WireTraffic()

  init(lanes: Int) {
    self.lanes = LaneTable(count: lanes)
  }

  /// Asks for a new connection, in place of the one there was.
  ///
  /// - Parameter hello: what is sent first.
  mutating func open(
    to address: SocketAddress, hello: [UInt8], watching epoll: borrowing Epoll, tag: UInt64
  ) throws(SystemError) {
    close()
    let made = try Socket.connecting(to: address)
    try made.setNoDelay()
    try epoll.add(made.rawValue, [.readable, .writable], tag: tag)
    socket = consume made
    waitsForRoom = true
    phase = .connecting
    decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)
    hello.withUnsafeBytes { output.append($0) }
  }

  /// The kernel has said how the attempt to connect went.
  ///
  /// - Returns: the error, if it failed.
  mutating func finishConnecting() -> SystemError? {
    let code = socket?.pendingError() ?? 0
    guard code == 0 else { return SystemError(code: code, operation: "connect") }
    phase = .awaitingHello
    return nil
  }

  /// Lets go of the socket and of all that belonged to it.
  mutating func close() {
    socket = nil
    phase = .closed
    output.removeAll()
    partial.removeAll()
    lanes.reset()
  }

  /// Sends what the kernel takes, and has it watched for room as long as something is left.
  mutating func flush(watching epoll: borrowing Epoll, tag: UInt64) -> Progress {
    guard phase == .awaitingHello || phase == .open else { return .blocked }
    while !output.isEmpty {
      switch output.withUnsafeBytes({ socket?.send($0) ?? .failed(0) }) {
      case .moved(let count):
        output.consume(count)
        traffic.sent &+= UInt64(count)
        continue
      case .wouldBlock: break
      case .ended, .failed: return .lost
      }
      break
    }
    let waits = !output.isEmpty
    if waits != waitsForRoom, let number = socket?.rawValue {
      waitsForRoom = waits
      let interest: Epoll.Interest = waits ? [.readable, .writable] : .readable
      guard (try? epoll.modify(number, interest, tag: tag)) != nil else { return .lost }
    }
    return waits ? .blocked : .goes
  }

  /// Receives what is there, behind what was left of the frames before.
  ///
  /// - Parameter buffer: has room for the longest frame.
  /// - Returns: how many bytes of `buffer` are to be read as frames; nil when the connection is lost.
  mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let kept = partial.count
    if kept > 0 {
      partial.withUnsafeBytes { buffer.copyMemory(from: $0) }
      partial.removeAll()
    }
    switch socket?.receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...])) ?? .ended {
    case .moved(let count):
      traffic.received &+= UInt64(count)
      return kept + count
    case .wouldBlock: return kept
    case .ended, .failed: return nil
    }
  }

  /// Keeps the beginning of a frame for the next ``receive(into:)``.
  mutating func keep(_ rest: UnsafeRawBufferPointer) {
    partial.append(rest)
  }
}
