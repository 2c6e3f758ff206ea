internal import System
internal import Testing

struct ResourceUsageTests {
  @Test func workTakesProcessorTime() {
    let before = ResourceUsage.processorTime()
    // The clock counts microseconds and this thread's work: it moves on within some calls.
    while ResourceUsage.processorTime() == before {}
    #expect(ResourceUsage.processorTime() > before)
  }

  @Test func programsThatEndedAreCounted() throws {
    let before = ResourceUsage.processorTimeOfChildren()
    repeat {
      let child = try ChildProcess(
        executable: "/bin/sh", arguments: ["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"], environment: [],
        errorFile: "/dev/null")
      // The end of its output is its own end.
      while child.nextLine(within: 10_000) != nil {}
    } while ResourceUsage.processorTimeOfChildren() == before
  }

  @Test func memoryInUseIsResident() {
    let count = 32 << 20
    func isSeen() -> Bool {
      let before = ResourceUsage.residentBytes()
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
      defer { memory.deallocate() }
      Memory.populate(memory)
      memory.initializeMemory(as: UInt8.self, repeating: 1)
      return before > 0 && ResourceUsage.residentBytes() > before + count / 2
    }
    // Other tests come and go meanwhile, and may give as much back at the same moment: not each time.
    #expect((0..<20).contains { _ in isSeen() })
  }

  @Test func populatingChangesNothing() {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * 4096 + 100, alignment: 16)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 7)
    Memory.populate(memory)
    Memory.populate(UnsafeMutableRawBufferPointer(rebasing: memory[..<5]))
    Memory.populate(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    #expect(memory.allSatisfy { $0 == 7 })
  }
}
