internal import Testing

@testable import System

@Suite struct ZeroRunTests {
  @Test func theOnlyByteIsFoundAnywhere() {
    for count in 0..<70 {
      var bytes = [UInt8](repeating: 0, count: count)
      bytes.withUnsafeBytes {
        #expect(ZeroRun.isZero($0) && ZeroRun.firstNonzero(in: $0) == nil && ZeroRun.lastNonzero(in: $0) == nil)
      }
      for place in 0..<count {
        bytes[place] = 0x80
        bytes.withUnsafeBytes {
          #expect(!ZeroRun.isZero($0) && ZeroRun.firstNonzero(in: $0) == place && ZeroRun.lastNonzero(in: $0) == place)
        }
        bytes[place] = 0
      }
    }
  }

  @Test func equalBytesAreNotZeros() {
    let bytes = [UInt8](repeating: 1, count: 64)
    bytes.withUnsafeBytes {
      #expect(!ZeroRun.isZero($0) && ZeroRun.firstNonzero(in: $0) == 0 && ZeroRun.lastNonzero(in: $0) == 63)
    }
  }
}
