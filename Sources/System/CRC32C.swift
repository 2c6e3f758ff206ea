internal import CLinux

/// The CRC-32 of Castagnoli's polynomial (RFC 3720, appendix B.4), by the processor's own instruction where it has one.
public enum CRC32C {
  /// The checksum of `bytes`, or of all that `checksum` stands for with `bytes` behind it.
  public static func checksum(_ bytes: UnsafeRawBufferPointer, extending checksum: UInt32 = 0) -> UInt32 {
    clinux_crc32c(checksum, bytes.baseAddress, bytes.count)
  }

  /// The same by table: what a processor without the instruction runs.
  static func tableChecksum(_ bytes: UnsafeRawBufferPointer, extending checksum: UInt32 = 0) -> UInt32 {
    clinux_crc32c_table(checksum, bytes.baseAddress, bytes.count)
  }

  /// Whether this processor has the instruction.
  static var isAccelerated: Bool { clinux_crc32c_is_accelerated() != 0 }
}
