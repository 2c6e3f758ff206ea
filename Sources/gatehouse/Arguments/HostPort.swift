/// Where a server is: a host name or address, and a TCP port. IPv6 addresses stand in brackets: "[::1]:7420".
struct HostPort: Hashable, Sendable, CustomStringConvertible {
  /// Without brackets.
  let host: String
  let port: UInt16

  init(_ text: String) throws(ValueProblem) {
    let example = "such as 127.0.0.1:7420 or [::1]:7420"
    guard let colon = text.lastIndex(of: ":") else { throw ValueProblem("has no port: write HOST:PORT, \(example)") }
    var host = text[..<colon]
    if host.first == "[" {
      guard host.last == "]", host.count > 2 else { throw ValueProblem("is not HOST:PORT, \(example)") }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw ValueProblem("is an IPv6 address without brackets: write [\(text)]:PORT")
    }
    guard !host.isEmpty else { throw ValueProblem("has no host: write HOST:PORT, \(example)") }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw ValueProblem("is not HOST:PORT, \(example)") }
    guard let port = decimal(text[text.index(after: colon)...]).flatMap({ UInt16(exactly: $0) }) else {
      throw ValueProblem("has a port that is not a number from 0 to 65535")
    }
    self.host = String(host)
    self.port = port
  }

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Whether only programs on this machine can connect to it.
  var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { (decimal($0) ?? 256) < 256 }
  }

  var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
