internal import CLinux

/// What the processor and the kernel are told of memory beside reading and writing it.
public enum Memory {
  /// Has the processor fetch the cache line at an address, which will be needed soon. Any address is harmless.
  public static func prefetch(_ address: UnsafeRawPointer) {
    clinux_prefetch(address)
  }

  /// Has the kernel make the pages that lie wholly within this memory, all in one call. Where it cannot, they are made
  /// as they are used.
  public static func populate(_ memory: UnsafeMutableRawBufferPointer) {
    guard let start = memory.baseAddress else { return }
    clinux_populate(start, memory.count)
  }
}
