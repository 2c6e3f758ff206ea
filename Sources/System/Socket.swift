internal import CLinux
internal import Glibc

/// A TCP connection. It does not block unless ``setBlocking(_:)`` asks for it, and is closed when it goes away.
public struct Socket: ~Copyable, Sendable {
  /// What one attempt to move bytes came to.
  public enum Transfer: Equatable, Sendable {
    /// So many bytes, at least one, were moved.
    case moved(Int)
    /// Nothing can be moved right now.
    case wouldBlock
    /// The peer will send nothing more.
    case ended
    /// The connection is broken: an errno.
    case failed(Int32)
  }

  private let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// Takes over a socket that nobody else closes.
  public init(owning number: Int32) {
    descriptor = Descriptor(owning: number)
  }

  /// Gives the socket away: whoever takes the number closes it.
  public consuming func release() -> Int32 {
    descriptor.release()
  }

  /// For an ``Epoll``.
  public var rawValue: Int32 { descriptor.number }

  /// Begins to connect; the socket becomes writable when the attempt has ended, see ``pendingError()``.
  public static func connecting(to address: SocketAddress) throws(SystemError) -> Socket {
    let socket = try Socket(family: address.isIPv6 ? AF_INET6 : AF_INET)
    let code = address.withSocketAddress { Glibc.connect(socket.rawValue, $0, $1) }
    guard code == 0 || errno == EINPROGRESS else { throw .last("connect") }
    return socket
  }

  /// Connects, waiting as long as it takes but no longer than `timeout` milliseconds.
  ///
  /// - Throws: ETIMEDOUT, ECONNREFUSED and the like.
  public static func connect(to address: SocketAddress, timeout: Int32) throws(SystemError) -> Socket {
    let socket = try connecting(to: address)
    guard try socket.waitUntil(.writable, timeout: timeout) else {
      throw SystemError(code: ETIMEDOUT, operation: "connect")
    }
    let code = socket.pendingError()
    guard code == 0 else { throw SystemError(code: code, operation: "connect") }
    return socket
  }

  init(family: Int32) throws(SystemError) {
    let kind = Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let raw = socket(family, kind, 0)
    guard raw >= 0 else { throw .last("socket") }
    descriptor = Descriptor(owning: raw)
  }

  // MARK: Bytes

  /// Sends what fits. Never raises SIGPIPE.
  public func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.send(rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return count == 0 ? .wouldBlock : .moved(count) }
      if errno != EINTR { return failure(errno) }
    }
  }

  /// Receives what is there, up to the size of `buffer`, which is not empty.
  public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = recv(rawValue, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if errno != EINTR { return failure(errno) }
    }
  }

  /// Tells the peer that nothing more will be sent; receiving goes on.
  public func finishSending() {
    shutdown(rawValue, Int32(SHUT_WR))
  }

  /// Ends both directions: a thread that waits in ``receive(into:)`` or ``waitUntil(_:timeout:)`` wakes up.
  public func disconnect() {
    shutdown(rawValue, Int32(SHUT_RDWR))
  }

  private func failure(_ code: Int32) -> Transfer {
    code == EAGAIN ? .wouldBlock : .failed(code)
  }

  // MARK: Waiting

  /// Waits until bytes can be moved, or the connection has ended or broken.
  ///
  /// - Parameter timeout: in milliseconds; negative waits without end.
  /// - Returns: false after the timeout.
  public func waitUntil(_ interest: Epoll.Interest, timeout: Int32) throws(SystemError) -> Bool {
    let limit = MonotonicClock.now() &+ UInt64(max(timeout, 0)) &* 1_000_000
    while true {
      var left = timeout
      if timeout > 0 {
        let now = MonotonicClock.now()
        left = now >= limit ? 0 : Int32(truncatingIfNeeded: (limit - now + 999_999) / 1_000_000)
      }
      // poll's bits for reading and writing are epoll's.
      var entry = pollfd(fd: rawValue, events: Int16(truncatingIfNeeded: interest.rawValue), revents: 0)
      let count = poll(&entry, 1, left)
      if count >= 0 { return count > 0 }
      guard errno == EINTR else { throw .last("poll") }
    }
  }

  // MARK: Options

  /// The error that an attempt to connect, or the connection, has met; 0 if none. Reading it clears it.
  public func pendingError() -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(rawValue, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
  }

  /// Sends small segments at once instead of gathering them (TCP_NODELAY).
  public func setNoDelay() throws(SystemError) {
    try setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  /// Breaks the connection when sent bytes stay unacknowledged for so long (TCP_USER_TIMEOUT).
  public func setUserTimeout(milliseconds: UInt32) throws(SystemError) {
    try setOption(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, Int32(clamping: milliseconds))
  }

  /// How many bytes the kernel keeps for sending. The kernel doubles what is asked for, and has its own bounds.
  public func setSendBuffer(bytes: Int32) throws(SystemError) {
    try setOption(SOL_SOCKET, SO_SNDBUF, bytes)
  }

  /// How many bytes the kernel keeps that were received but not read.
  public func setReceiveBuffer(bytes: Int32) throws(SystemError) {
    try setOption(SOL_SOCKET, SO_RCVBUF, bytes)
  }

  /// Makes close discard what is unsent and reset the connection.
  public func setResetOnClose() throws(SystemError) {
    var value = linger(l_onoff: 1, l_linger: 0)
    guard setsockopt(rawValue, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size)) == 0 else {
      throw .last("setsockopt")
    }
  }

  func setOption(_ level: Int32, _ name: Int32, _ value: Int32) throws(SystemError) {
    var value = value
    guard setsockopt(rawValue, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
      throw .last("setsockopt")
    }
  }
}
