internal import CLinux

/// What the processor is told of memory beside reading and writing it.
public enum Memory {
  /// Has the processor fetch the cache line at an address, which will be needed soon. Any address is harmless.
  public static func prefetch(_ address: UnsafeRawPointer) {
    clinux_prefetch(address)
  }
}
