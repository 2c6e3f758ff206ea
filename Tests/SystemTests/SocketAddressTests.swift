internal import Testing

@testable import System

struct SocketAddressTests {
  @Test func addressesAreReadAndWritten() {
    for (text, description) in [
      ("127.0.0.1:7420", "127.0.0.1:7420"), ("0.0.0.0:0", "0.0.0.0:0"), ("localhost:80", "127.0.0.1:80"),
      ("[::1]:7420", "[::1]:7420"), ("[2001:db8:0:0:0:0:0:1]:65535", "[2001:db8::1]:65535"),
    ] {
      #expect(SocketAddress(text)?.description == description)
    }
  }

  @Test func whatIsNoAddressIsRefused() {
    for text in [
      "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "::1:80",
      "[::1]", "[::1]:", "[127.0.0.1]:80", "example.org:80", "256.0.0.1:80", "127.0.0.1:000080", "[::1:80", ":80",
    ] {
      #expect(SocketAddress(text) == nil, "\(text)")
    }
  }

  @Test func loopbackIsKnown() {
    for text in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1"] { #expect(SocketAddress(text)?.isLoopback == true) }
    for text in ["0.0.0.0:1", "128.0.0.1:1", "[::]:1", "[::2]:1"] { #expect(SocketAddress(text)?.isLoopback == false) }
  }

  @Test func numericAddressesNeedNoResolver() throws {
    #expect(try SocketAddress.resolve("127.0.0.1:80").map(\.description) == ["127.0.0.1:80"])
    #expect(throws: SystemError.self) { try SocketAddress.resolve("no port") }
  }
}
