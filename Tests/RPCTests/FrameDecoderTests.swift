internal import Testing

@testable import RPC

struct FrameDecoderTests {
  private func step(_ bytes: [UInt8], limit: Int = 1024) -> FrameDecoder.Step {
    var decoder = FrameDecoder(limit: limit)
    return bytes.withUnsafeBytes { decoder.next($0) }
  }

  @Test func aFrameIsWholeWithItsLastByte() {
    #expect(step([]) == .incomplete(needed: 4))
    #expect(step([0, 0, 0]) == .incomplete(needed: 4))
    #expect(step([0, 0, 0, 2]) == .incomplete(needed: 6))
    #expect(step([0, 0, 0, 2, 8]) == .incomplete(needed: 6))
    #expect(step([0, 0, 0, 2, 8, 1]) == .frame(length: 2))
    #expect(step([0, 0, 0, 2, 8, 1, 0]) == .frame(length: 2))
    #expect(step([0, 0, 0, 0]) == .frame(length: 0))
  }

  @Test func aLengthIsRefusedBeforeItsBody() {
    #expect(step([0, 0, 4, 0]) == .incomplete(needed: 1028))
    #expect(step([0, 0, 4, 1]) == .refused(.frameTooLong(length: 1025, limit: 1024)))
    #expect(step([0, 255, 255, 255]) == .refused(.frameTooLong(length: 0xFF_FFFF, limit: 1024)))
    #expect(step([0, 255, 255, 255], limit: .max) == .incomplete(needed: 0xFF_FFFF + 4))
  }

  @Test func theFirstByteTellsTheProtocol() {
    for first in UInt8.min...UInt8.max {
      let expected: FrameDecoder.Step =
        switch first {
        case 0: .incomplete(needed: 4)
        case 0x50, 0x16: .refused(.anotherProtocol)
        default: .refused(.notAFrame)
        }
      #expect(step([first]) == expected)
    }
  }

  @Test func laterFramesAreJudgedByTheirLengthAlone() {
    var decoder = FrameDecoder(limit: .max)
    _ = [UInt8]([0, 0, 0, 0]).withUnsafeBytes { decoder.next($0) }
    let step = [UInt8]([0x50, 0, 0, 0]).withUnsafeBytes { decoder.next($0) }
    #expect(step == .refused(.frameTooLong(length: 0x5000_0000, limit: FrameDecoder.greatestFrame)))
  }
}
