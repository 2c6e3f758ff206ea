internal import Testing

@testable import System

struct SocketTests {
  private let patience: Int32 = 20_000

  /// Takes the connection that is certain to come.
  private func accept(_ listener: borrowing Listener) throws -> Socket {
    while true {
      switch listener.accept() {
      case .accepted(let socket): return socket
      case .none: continue
      case .exhausted(let code): throw SystemError(code: code, operation: "accept4")
      case .failed(let code): throw SystemError(code: code, operation: "accept4")
      }
    }
  }

  private func receive(_ socket: borrowing Socket, room: Int = 100) throws -> Socket.Transfer {
    _ = try socket.waitUntil(.readable, timeout: patience)
    var bytes = [UInt8](repeating: 0, count: room)
    return bytes.withUnsafeMutableBytes { socket.receive(into: $0) }
  }

  @Test(arguments: ["127.0.0.1:0", "[::1]:0"]) func bytesGoBothWays(text: String) throws {
    guard let address = SocketAddress(text) else { return }
    let listener: Listener
    do {
      listener = try Listener(on: address)
    } catch {
      // A machine without IPv6 has no ::1.
      guard address.isIPv6 else { throw error }
      return
    }
    #expect(listener.address.port != 0)
    let client = try Socket.connect(to: listener.address, timeout: patience)
    let server = try accept(listener)
    #expect([UInt8]([1, 2, 3]).withUnsafeBytes { client.send($0) } == .moved(3))
    #expect(try receive(server) == .moved(3))
    #expect([UInt8]([4]).withUnsafeBytes { server.send($0) } == .moved(1))
    #expect(try receive(client) == .moved(1))
    client.finishSending()
    #expect(try receive(server) == .ended)
  }

  @Test func nothingThereWouldBlock() throws {
    let listener = try Listener(on: .loopback(port: 0))
    let client = try Socket.connect(to: listener.address, timeout: patience)
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(bytes.withUnsafeMutableBytes { client.receive(into: $0) } == .wouldBlock)
    #expect(try !client.waitUntil(.readable, timeout: 0))
    #expect(try client.waitUntil(.writable, timeout: 0))
  }

  @Test func aPortThatNobodyListensOnRefuses() throws {
    let address = try Listener(on: .loopback(port: 0)).address
    let error = #expect(throws: SystemError.self) { _ = try Socket.connect(to: address, timeout: patience) }
    #expect(error?.operation.description == "connect")
  }

  @Test func aPortIsTakenOnce() throws {
    let listener = try Listener(on: .loopback(port: 0))
    let address = listener.address
    let error = #expect(throws: SystemError.self) { _ = try Listener(on: address) }
    #expect(error?.operation.description == "bind")
    _ = consume listener
  }

  @Test func aResetIsAFailure() throws {
    let listener = try Listener(on: .loopback(port: 0))
    var client: Socket? = try Socket.connect(to: listener.address, timeout: patience)
    let server = try accept(listener)
    try client?.setResetOnClose()
    client = nil
    guard case .failed = try receive(server) else {
      Issue.record("the reset was not seen")
      return
    }
  }
}
