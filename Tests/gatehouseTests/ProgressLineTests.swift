internal import Synchronization
internal import Testing

@testable import gatehouse

@Suite struct ProgressLineTests {
  @Test func aLineSaysHowFarAndHowFast() {
    let line = ProgressLine.line(done: 3 << 20, of: 12 << 20, received: 1 << 20, nanoseconds: 500_000_000)
    #expect(line == "3.0 MiB of 12.0 MiB, 25 %, 2.0 MiB/s")
    #expect(ProgressLine.line(done: 0, of: 0, received: 0, nanoseconds: 0) == "0 B of 0 B, 100 %, 0 B/s")
  }

  @Test func theLineIsTakenAway() {
    let written = Mutex<[String]>([])
    var progress = ProgressLine("copying", of: 100) { text in written.withLock { $0.append(text) } }
    progress.show(50)
    progress.show(60)
    progress.end()
    progress.end()
    let lines = written.withLock(\.self)
    #expect(lines.count == 2, "the second came too soon")
    #expect(lines.first?.hasPrefix("\rcopying 50 B of 100 B, 50 %, ") ?? false)
    #expect(lines.last?.allSatisfy { $0 == "\r" || $0 == " " } ?? false)
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (64 << 20, "64.0 MiB"), (5 << 40, "5.0 TiB"),
    (Int.max, "8192.0 PiB"),
  ]) func bytesAreWrittenWithAUnit(bytes: Int, text: String) {
    #expect(ByteText.short(bytes) == text)
  }
}
