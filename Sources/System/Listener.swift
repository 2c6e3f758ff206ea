internal import CLinux
internal import Glibc

/// A TCP socket that takes connections. It does not block.
public struct Listener: ~Copyable, Sendable {
  /// What one attempt to take a connection came to.
  public enum Acceptance: ~Copyable {
    case accepted(Socket)
    /// Nobody is waiting.
    case none
    /// Out of descriptors or memory: try again later, the connection stays in the kernel's queue.
    case exhausted(Int32)
    /// The listener itself is broken: an errno.
    case failed(Int32)
  }

  /// How many connections the kernel keeps waiting for ``accept()``; the kernel cuts it to its own limit.
  private static let backlog: Int32 = 1024

  private let socket: Socket
  /// Where it listens, with the port that the system chose if none was asked for.
  public let address: SocketAddress

  /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL and the like.
  public init(on address: SocketAddress) throws(SystemError) {
    let socket = try Socket(family: address.isIPv6 ? AF_INET6 : AF_INET)
    try socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    guard address.withSocketAddress({ bind(socket.rawValue, $0, $1) }) == 0 else {
      throw .last("bind")
    }
    guard listen(socket.rawValue, Listener.backlog) == 0 else { throw .last("listen") }
    self.address = try Listener.boundAddress(socket.rawValue)
    self.socket = socket
  }

  /// For an ``Epoll``.
  public var rawValue: Int32 { socket.rawValue }

  /// Takes the next connection that is waiting.
  public func accept() -> Acceptance {
    while true {
      let raw = clinux_accept(rawValue, nil, nil)
      if raw >= 0 { return .accepted(Socket(Descriptor(owning: raw))) }
      switch errno {
      case EAGAIN: return .none
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
      case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT: return .failed(errno)
      // The connection died while it waited, or a signal came: the next one may be well.
      default: continue
      }
    }
  }

  private static func boundAddress(_ raw: Int32) throws(SystemError) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutableBytes(of: &storage) {
      getsockname(raw, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self), &length)
    }
    guard code == 0 else { throw .last("getsockname") }
    guard let address = withUnsafeBytes(of: &storage, { SocketAddress(storage: $0) }) else {
      throw SystemError(code: EAFNOSUPPORT, operation: "getsockname")
    }
    return address
  }
}
