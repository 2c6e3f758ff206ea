internal import System

/// What the disk takes to make blocks durable: writes of one size, each followed by `fdatasync`, past the page cache
/// where that can be, into a file that was filled with zeros before, as the journal's segments are.
enum FlushFloor {
  /// A segment of the log.
  private static let fileBytes = 64 << 20
  private static let chunkBytes = 1 << 20
  /// Blocks of the log begin at multiples of this.
  static let blockUnit = 4096
  /// However slow the disk: few flushes tell something, none tells nothing.
  private static let fewestFlushes: UInt64 = 5

  /// The size of a block of the log that holds so many bytes.
  static func blockBytes(holding bytes: Int) -> Int {
    min(max((bytes + blockUnit - 1) / blockUnit, 1) * blockUnit, fileBytes / 2)
  }

  /// Measures, for `nanoseconds` each, in a file that is made for it and removed.
  ///
  /// - Parameter sizes: of blocks, as ``blockBytes(holding:)`` gives them.
  /// - Returns: for each size, how long write and flush took together.
  static func measure(
    in directory: String, sizes: [Int], nanoseconds: UInt64
  ) throws(SystemError) -> [Histogram] {
    let path = "\(directory)/gatehouse-floor-\(CurrentProcess.id)"
    let files = LinuxFileSystem()
    let file = try files.open(path, .createNew)
    defer { try? files.remove(path) }
    file.bypassCache()
    let zeros = pages(chunkBytes)
    defer { zeros.deallocate() }
    _ = zeros.initializeMemory(as: UInt8.self, repeating: 0)
    for offset in stride(from: 0, to: fileBytes, by: chunkBytes) {
      try file.write(UnsafeRawBufferPointer(zeros), at: offset)
    }
    try file.synchronize()
    var measured: [Histogram] = []
    for size in sizes { measured.append(try measure(file, size, nanoseconds)) }
    return measured
  }

  private static func measure(_ file: any File, _ size: Int, _ nanoseconds: UInt64) throws(SystemError) -> Histogram {
    // Not zeros: a disk may find these easy.
    let block = pages(size)
    defer { block.deallocate() }
    for index in block.indices { block[index] = UInt8(truncatingIfNeeded: (index &* 2_654_435_761) >> 13) }
    var histogram = Histogram()
    var offset = 0
    let began = MonotonicClock.now()
    var start = began
    repeat {
      try file.write(UnsafeRawBufferPointer(block), at: offset)
      try file.synchronizeData()
      let end = MonotonicClock.now()
      histogram.record(end - start)
      start = end
      offset += size
      if offset + size > fileBytes { offset = 0 }
    } while start - began < nanoseconds || histogram.count < fewestFlushes
    return histogram
  }

  /// Memory as the log's blocks have it: only whole pages go past the page cache.
  private static func pages(_ count: Int) -> UnsafeMutableRawBufferPointer {
    .allocate(byteCount: count, alignment: blockUnit)
  }
}
