internal import Testing

@testable import ProtobufWire

@Suite struct LiteralTests {
  @Test func bytesAreComparedWhole() {
    let name = Array("gatehouse.v1.CustomerService/Watch".utf8)
    func isEqual(_ bytes: [UInt8]) -> Bool {
      bytes.withUnsafeBytes { $0.isEqual(to: "gatehouse.v1.CustomerService/Watch") }
    }
    #expect(isEqual(name))
    #expect(!isEqual(name + [0]))
    for index in name.indices {
      var other = name
      other[index] ^= 1
      #expect(!isEqual(other))
      #expect(!isEqual(Array(name[..<index])))
    }
    #expect(UnsafeRawBufferPointer(start: nil, count: 0).isEqual(to: ""))
    #expect([UInt8(ascii: "a")].withUnsafeBytes { $0.isEqual(to: "a") })
  }
}
