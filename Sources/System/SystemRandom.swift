internal import CLinux
internal import Glibc

/// The kernel's random source: fit for nonces, tokens and keys.
public enum SystemRandom {
  /// Fills `buffer` with random bytes.
  ///
  /// Blocks only before the kernel's source is seeded, which is over before any service starts.
  public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    var filled = 0
    while filled < buffer.count {
      let count = getrandom(buffer.baseAddress.unsafelyUnwrapped + filled, buffer.count - filled, 0)
      if count > 0 {
        filled += count
      } else {
        // With a valid buffer and no flags, an interrupt is the only failure that Linux documents.
        precondition(errno == EINTR, "the kernel has no random source")
      }
    }
  }

  /// - Parameter count: how many bytes; at least 0.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }
}
