internal import CLinux

/// What the processor and the kernel are told of memory beside reading and writing it.
public enum Memory {
  /// Has the processor fetch the cache line at an address, which will be needed soon. Any address is harmless.
  public static func prefetch(_ address: UnsafeRawPointer) {
    clinux_prefetch(address)
  }

  /// The same for all cache lines of some memory.
  @inline(__always)
  public static func prefetch(_ memory: UnsafeRawBufferPointer) {
    forEachCacheLine(of: memory) { prefetch($0) }
  }

  /// Gives the start of each line that holds some of the memory, which mostly begins and ends within one.
  @inline(__always)
  static func forEachCacheLine(of memory: UnsafeRawBufferPointer, _ body: (UnsafeRawPointer) -> Void) {
    guard let start = memory.baseAddress, memory.count > 0 else { return }
    let before = Int(bitPattern: start) & (cacheLineBytes &- 1)
    for offset in stride(from: 0 &- before, to: memory.count, by: cacheLineBytes) { body(start + offset) }
  }

  /// On every processor that this runs on.
  public static let cacheLineBytes = 64

  /// Has the kernel make the pages that lie wholly within this memory, all in one call. Where it cannot, they are made
  /// as they are used.
  public static func populate(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    clinux_populate(start, memory.count)
  }
}
