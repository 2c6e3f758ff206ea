extension UInt64 {
  /// The sixteen lower-case hexadecimal digits of the number, all at once and without an allocation: the first digit in
  /// the first byte in memory.
  @inlinable
  @inline(__always)
  public var hexadecimalDigits: SIMD2<UInt64> {
    // Each byte in a lane of two, which lie in memory with the lower one first: its high nibble goes there, its low one
    // behind.
    let bytes = SIMD8<UInt16>(truncatingIfNeeded: unsafeBitCast(bigEndian, to: SIMD8<UInt8>.self))
    let nibbles = (bytes &>> 4 | bytes &<< 8) & 0x0F0F
    // A nibble from ten on carries into bit 4 when six is added; the letters begin 39 places behind the last digit. A
    // comparison would say the same, but is done one lane after the other.
    let letters = (nibbles &+ 0x0606) &>> 4 & 0x0101
    return unsafeBitCast(nibbles &+ 0x3030 &+ letters &* 39, to: SIMD2<UInt64>.self)
  }
}

extension UInt32 {
  /// The eight lower-case hexadecimal digits of the number, likewise.
  @inlinable
  @inline(__always)
  public var hexadecimalDigits: UInt64 { UInt64(self).hexadecimalDigits.y }
}
