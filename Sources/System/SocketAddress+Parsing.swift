internal import CLinux
internal import Glibc

extension SocketAddress {
  /// Reads "127.0.0.1:7420", "[::1]:7420" or "localhost:7420" without asking a resolver.
  ///
  /// Nil when the host is another name, or the port is missing or above 65535.
  public init?(_ text: String) {
    guard let (host, port) = SocketAddress.split(text) else { return nil }
    if host == "localhost" {
      self = .loopback(port: port)
    } else if let bytes = SocketAddress.numeric(host) {
      self.init(bytes: bytes, port: port)
    } else {
      return nil
    }
  }

  /// Every address of "host:port", asking the system's resolver where the host is a name: may block for seconds.
  ///
  /// - Throws: EINVAL when `text` has no such form, ENOENT when the name has no address.
  public static func resolve(_ text: String) throws(SystemError) -> [SocketAddress] {
    if let address = SocketAddress(text) { return [address] }
    guard let (host, port) = split(text), !host.isEmpty, !host.utf8.contains(0) else {
      throw SystemError(code: EINVAL, operation: "resolve")
    }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw SystemError(code: ENOENT, operation: "getaddrinfo") }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee {
      let storage = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
      if storage.count >= MemoryLayout<sa_family_t>.size, let found = SocketAddress(storage: storage) {
        addresses.append(SocketAddress(bytes: found.bytes, port: port, scope: found.scope))
      }
      next = entry.ai_next
    }
    guard !addresses.isEmpty else { throw SystemError(code: ENOENT, operation: "getaddrinfo") }
    return addresses
  }

  /// Host and port of "host:port" or "[host]:port".
  static func split(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = text[text.index(after: colon)...]
    guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
    else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard host.utf8.contains(UInt8(ascii: ":")) else { return nil }
    } else if host.utf8.contains(UInt8(ascii: ":")) {
      return nil
    }
    return (String(host), port)
  }

  /// The bytes of an IPv4 address in dotted form, or of an IPv6 address.
  static func numeric(_ host: String) -> [UInt8]? {
    var four = [UInt8](repeating: 0, count: 4)
    if inet_pton(AF_INET, host, &four) == 1 { return four }
    var sixteen = [UInt8](repeating: 0, count: 16)
    return inet_pton(AF_INET6, host, &sixteen) == 1 ? sixteen : nil
  }
}
