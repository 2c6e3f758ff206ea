/// How long the disk takes to make a few bytes durable.
public enum FlushProbe {
  /// How often it is asked at most.
  private static let flushes = 8
  /// What all flushes together may take, in nanoseconds, before no further one is begun.
  private static let budget: UInt64 = 15_000_000
  private static let pageBytes = 4096

  /// Measures the flushes of a file that is made for it, and removed.
  ///
  /// - Parameter path: of that file. It must not be there.
  /// - Returns: the lengths in nanoseconds, shortest first; at least one.
  public static func measure(_ path: String, on fileSystem: some FileSystem) throws(SystemError) -> [UInt64] {
    let file = try fileSystem.open(path, .createNew)
    defer { try? fileSystem.remove(path) }
    // As the log writes: past the kernel's memory where that can be, which takes a whole page.
    file.bypassCache()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pageBytes, alignment: pageBytes)
    defer { memory.deallocate() }
    _ = memory.initializeMemory(as: UInt8.self, repeating: 0)
    let page = UnsafeRawBufferPointer(memory)
    // The first one also has to find room, which no flush of the log has.
    try file.write(page, at: 0)
    try file.synchronizeData()
    let began = MonotonicClock.now()
    var lengths: [UInt64] = []
    repeat {
      let start = MonotonicClock.now()
      try file.write(page, at: 0)
      try file.synchronizeData()
      lengths.append(MonotonicClock.now() - start)
    } while lengths.count < flushes && MonotonicClock.now() - began < budget
    return lengths.sorted()
  }
}
