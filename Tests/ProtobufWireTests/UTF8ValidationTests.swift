internal import Testing

@testable import ProtobufWire

@Suite struct UTF8ValidationTests {
  private func agree(_ bytes: [UInt8]) -> Bool {
    let ours = bytes.withUnsafeBytes { UTF8Validation.isValid($0) }
    return ours == (String(validating: bytes, as: UTF8.self) != nil)
  }

  @Test func everyPairOfBytesIsJudgedAsTheStandardLibraryDoes() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max where !agree([first, second]) {
        Issue.record("\(first) \(second)")
      }
    }
  }

  @Test func everyLeadWithEveryBoundaryIsJudgedAsTheStandardLibraryDoes() {
    let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xED, 0xF4, 0xFF]
    for lead in UInt8(0xC0)...UInt8.max {
      for second in edges {
        for third in edges {
          if !agree([lead, second, third]) { Issue.record("\(lead) \(second) \(third)") }
          for fourth in edges where !agree([lead, second, third, fourth]) {
            Issue.record("\(lead) \(second) \(third) \(fourth)")
          }
        }
      }
    }
  }

  @Test func aBadByteIsFoundAtEveryPlace() {
    for length in 1...40 {
      for place in 0..<length {
        var bytes = [UInt8](repeating: 0x61, count: length)
        bytes[place] = 0x80
        #expect(bytes.withUnsafeBytes { !UTF8Validation.isValid($0) })
      }
      #expect([UInt8](repeating: 0x61, count: length).withUnsafeBytes { UTF8Validation.isValid($0) })
    }
  }
}
