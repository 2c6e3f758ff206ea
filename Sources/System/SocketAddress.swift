internal import CLinux
internal import Glibc

/// Where a TCP socket is: an IPv4 or IPv6 address and a port.
public struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
  /// The address in network byte order: 4 bytes, or 16.
  public let bytes: [UInt8]
  /// 0 asks the system to choose when listening.
  public let port: UInt16
  /// The interface of a link-local IPv6 address; otherwise 0.
  let scope: UInt32

  init(bytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
    self.bytes = bytes
    self.port = port
    self.scope = scope
  }

  /// 127.0.0.1
  public static func loopback(port: UInt16) -> SocketAddress {
    SocketAddress(bytes: [127, 0, 0, 1], port: port)
  }

  public var isIPv6: Bool { bytes.count == 16 }

  /// Whether only this machine can reach it: 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    isIPv6 ? bytes == [UInt8](repeating: 0, count: 15) + [1] : bytes[0] == 127
  }

  /// "127.0.0.1:7420", "[::1]:7420"
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = isIPv6 ? AF_INET6 : AF_INET
    inet_ntop(family, bytes, &text, socklen_t(text.count))
    let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

extension SocketAddress {
  /// Calls `body` with the address as the kernel takes it.
  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    if isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: bytes) }
      return withUnsafeBytes(of: &address) { Self.rebound($0, body) }
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: bytes) }
    return withUnsafeBytes(of: &address) { Self.rebound($0, body) }
  }

  private static func rebound<Result>(
    _ raw: UnsafeRawBufferPointer, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    body(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
  }

  /// Nil when it is neither IPv4 nor IPv6.
  init?(storage: UnsafeRawBufferPointer) {
    switch Int32(storage.loadUnaligned(as: sa_family_t.self)) {
    case AF_INET where storage.count >= MemoryLayout<sockaddr_in>.size:
      var address = storage.loadUnaligned(as: sockaddr_in.self)
      let bytes = withUnsafeBytes(of: &address.sin_addr) { [UInt8]($0) }
      self.init(bytes: bytes, port: UInt16(bigEndian: address.sin_port))
    case AF_INET6 where storage.count >= MemoryLayout<sockaddr_in6>.size:
      var address = storage.loadUnaligned(as: sockaddr_in6.self)
      let bytes = withUnsafeBytes(of: &address.sin6_addr) { [UInt8]($0) }
      self.init(bytes: bytes, port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
    default:
      return nil
    }
  }
}
