internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// Frames over a TCP connection, the calling thread waiting for them.
final class FrameSocket {
  private let address: HostPort
  private let socket: Socket
  /// How long a peer may take to accept what is sent, in milliseconds.
  private let timeout: Int32
  private var decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)
  /// What was received and is not taken yet: less than a frame, and what came behind it in the same read.
  private var received: [UInt8] = []

  /// - Parameter timeout: for each address that the host has, in microseconds.
  init(address: HostPort, timeout: Int64) throws(CommandFailure) {
    self.address = address
    self.timeout = Int32(clamping: timeout / 1000)
    socket = try Self.connect(address, self.timeout)
  }

  private static func connect(_ address: HostPort, _ timeout: Int32) throws(CommandFailure) -> Socket {
    var failure: SystemError?
    do throws(SystemError) {
      for candidate in try SocketAddress.resolve(address.description) {
        do throws(SystemError) {
          let socket = try Socket.connect(to: candidate, timeout: timeout)
          try socket.setNoDelay()
          return socket
        } catch {
          failure = error
        }
      }
    } catch {
      throw CommandFailure(
        .failure, "cannot find \(address.host): \(error.isNotFound ? "no host has that name" : "\(error)")")
    }
    throw CommandFailure(
      .failure, "cannot connect to \(address): \(failure.map { "\($0)" } ?? "it has no address")",
      details: ["Is the server running there? --server HOST:PORT or GATEHOUSE_SERVER names another."])
  }

  func send(_ frame: GatehouseRpcV1.Frame) throws(CommandFailure) {
    let body = frame.encoded()
    let bytes = withUnsafeBytes(of: UInt32(truncatingIfNeeded: body.count).bigEndian) { Array($0) } + body
    var sent = 0
    while sent < bytes.count {
      switch bytes.withUnsafeBytes({ socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .moved(let count): sent += count
      case .wouldBlock:
        guard try wait(until: .writable, timeout) else {
          throw CommandFailure(.failure, "\(address) does not take what is sent to it")
        }
      case .ended: throw CommandFailure(.failure, "the connection to \(address) has ended")
      case .failed(let code): throw lost(SystemError(code: code, operation: "send"))
      }
    }
  }

  /// The next frame; nil when none has come by a moment of the monotonic clock.
  func receive(by deadline: UInt64) throws(CommandFailure) -> GatehouseRpcV1.Frame? {
    while true {
      if let frame = try takeFrame() { return frame }
      let now = MonotonicClock.now()
      let left = deadline > now ? Int32(clamping: (deadline - now + 999_999) / 1_000_000) : 0
      guard try wait(until: .readable, left) else { return nil }
      try fill()
    }
  }

  private func takeFrame() throws(CommandFailure) -> GatehouseRpcV1.Frame? {
    switch received.withUnsafeBytes({ decoder.next($0) }) {
    case .incomplete: return nil
    case .refused: throw CommandFailure(.failure, "\(address) is not a Gatehouse server: what it sends are not frames")
    case .frame(let length):
      let body = FrameDecoder.prefixBytes..<(FrameDecoder.prefixBytes + length)
      defer { received.removeSubrange(..<body.upperBound) }
      do {
        return try GatehouseRpcV1.Frame(decoding: Array(received[body]))
      } catch {
        throw CommandFailure(.failure, "\(address) sent a frame that cannot be read (\(error))")
      }
    }
  }

  private func wait(until interest: Epoll.Interest, _ milliseconds: Int32) throws(CommandFailure) -> Bool {
    do {
      return try socket.waitUntil(interest, timeout: milliseconds)
    } catch {
      throw lost(error)
    }
  }

  private func fill() throws(CommandFailure) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
    case .moved(let count): received += buffer[..<count]
    case .wouldBlock: break
    case .ended: throw CommandFailure(.failure, "\(address) has closed the connection")
    case .failed(let code): throw lost(SystemError(code: code, operation: "recv"))
    }
  }

  private func lost(_ error: SystemError) -> CommandFailure {
    CommandFailure(.failure, "the connection to \(address) is lost: \(error)")
  }
}
