internal import Glibc

/// Looks for what is not zero.
public enum ZeroRun {
  /// Whether all bytes are zero: as fast as memory can be read.
  public static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return true }
    // The first byte is zero, and each is as the one before.
    return bytes[0] == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
  }

  /// The offset of the first byte that is not zero.
  public static func firstNonzero(in bytes: UnsafeRawBufferPointer) -> Int? {
    isZero(bytes) ? nil : bytes.firstIndex { $0 != 0 }
  }

  /// The offset of the last byte that is not zero.
  public static func lastNonzero(in bytes: UnsafeRawBufferPointer) -> Int? {
    isZero(bytes) ? nil : bytes.lastIndex { $0 != 0 }
  }
}
