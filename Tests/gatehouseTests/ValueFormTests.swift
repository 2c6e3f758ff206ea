internal import Testing

@testable import gatehouse

@Suite struct ValueFormTests {
  @Test(
    arguments: [
      ("90s", 90_000_000), ("1h", 3_600_000_000), ("1h30m", 5_400_000_000), ("250ms", 250_000), ("7us", 7),
      ("3600", 3_600_000_000), ("0", 0), ("2d", 172_800_000_000), ("1m1ms", 60_001_000),
    ] as [(String, Int64)])
  func durationsAreRead(_ text: String, _ microseconds: Int64) throws {
    #expect(try TimeSpan.parse(text) == microseconds)
    #expect(try TimeSpan.parse(TimeSpan.text(microseconds)) == microseconds)
  }

  @Test(arguments: [
    "", "s", "1x", "-1s", "1.5s", "30m1h", "1s1s", " 1s", "1s ", "99999999999999999999", "9223372036854775807s",
    "106751992d", "1h-2m", "١s",
  ])
  func otherDurationsAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try TimeSpan.parse(text) }
  }

  @Test(
    arguments: [
      ("127.0.0.1:7420", "127.0.0.1", 7420, true), ("[::1]:0", "::1", 0, true),
      ("localhost:65535", "localhost", 65535, true),
      ("0.0.0.0:1", "0.0.0.0", 1, false), ("10.0.0.1:80", "10.0.0.1", 80, false),
      ("127.0.0.1.evil.com:80", "127.0.0.1.evil.com", 80, false),
      ("127.0.0.999:80", "127.0.0.999", 80, false), ("[fe80::1]:9", "fe80::1", 9, false),
      ("127.1.2.3:9", "127.1.2.3", 9, true),
    ] as [(String, String, UInt16, Bool)])
  func hostsAndPortsAreRead(_ text: String, _ host: String, _ port: UInt16, _ isLoopback: Bool) throws {
    let value = try HostPort(text)
    #expect(value == HostPort(host: host, port: port))
    #expect(value.isLoopback == isLoopback)
    #expect(value.description == text)
  }

  @Test(arguments: [
    "", "7420", "127.0.0.1", "127.0.0.1:", ":7420", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "::1", "::1:7420",
    "[]:1", "[::1:1", "a b:1", "127.0.0.1:+1", "é:1",
  ])
  func otherHostsAndPortsAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try HostPort(text) }
  }

  @Test func aProblemSaysWhatToWrite() {
    #expect(throws: ValueProblem("has no port: write HOST:PORT, such as 127.0.0.1:7420 or [::1]:7420")) {
      try HostPort("localhost")
    }
    #expect(throws: ValueProblem("is not a whole number from 1 to 10")) {
      try ValueForm.number("N", 1...10).parse("11")
    }
    #expect(throws: ValueProblem("is none of text, json")) { try ValueForm.choice(["text", "json"]).parse("xml") }
  }

  @Test(arguments: [("65536", 65536), ("64KiB", 65536), ("1MiB", 1_048_576)] as [(String, UInt64)])
  func byteCountsAreRead(_ text: String, _ count: UInt64) throws {
    #expect(try ValueForm.byteCount(0...UInt64.max).parse(text) == count)
  }

  @Test(arguments: ["", "KiB", "1kb", "18446744073709551615KiB", "-1", "1 KiB"])
  func otherByteCountsAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try ValueForm.byteCount(0...UInt64.max).parse(text) }
  }

  @Test func hexadecimalGoesBothWays() throws {
    #expect(Hexadecimal.bytes("0x00fFA1") == [0x00, 0xFF, 0xA1])
    #expect(Hexadecimal.bytes("00ffa1") == [0x00, 0xFF, 0xA1])
    #expect(Hexadecimal.bytes("") == [])
    for text in ["0x1", "0xgg", "1é", "0x0x11"] { #expect(Hexadecimal.bytes(text) == nil) }
    let all = (0...255).map { UInt8($0) }
    #expect(Hexadecimal.bytes(Hexadecimal.text(all)) == all)
  }
}
