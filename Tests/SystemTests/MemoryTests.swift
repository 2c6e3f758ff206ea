internal import Testing

@testable import System

@Suite struct MemoryTests {
  /// Memory that begins in the middle of a line touches one more than its size tells, and the last is fetched too.
  @Test func everyLineOfSomeMemoryIsGivenOnce() throws {
    let line = Memory.cacheLineBytes
    try withUnsafeTemporaryAllocation(byteCount: 8 * line, alignment: line) { room in
      let base = try #require(room.baseAddress)
      for start in 0..<2 * line {
        for count in 0...3 * line {
          var lines: [Int] = []
          Memory.forEachCacheLine(of: UnsafeRawBufferPointer(start: base + start, count: count)) { line in
            lines.append(UnsafeRawPointer(line) - UnsafeRawPointer(base))
          }
          let touched = count == 0 ? [] : Array(start / line...(start + count - 1) / line)
          #expect(lines == touched.map { $0 * line }, "\(count) bytes from \(start) on")
        }
      }
    }
    Memory.forEachCacheLine(of: UnsafeRawBufferPointer(start: nil, count: 0)) { _ in
      Issue.record("there is no line in no memory")
    }
  }
}
