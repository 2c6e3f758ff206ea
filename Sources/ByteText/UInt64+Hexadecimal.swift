extension UInt64 {
  /// The sixteen lower-case hexadecimal digits of the number, all at once and without an allocation: the first digit in
  /// the first byte in memory.
  @inlinable
  @inline(__always)
  public var hexadecimalDigits: SIMD2<UInt64> {
    let bytes = unsafeBitCast(SIMD2(bigEndian, 0), to: SIMD16<UInt8>.self)
    // Each nibble in a byte of its own, the most significant first.
    var nibbles = SIMD16<UInt8>()
    nibbles.evenHalf = (bytes &>> 4).lowHalf
    nibbles.oddHalf = (bytes & 0x0F).lowHalf
    // A nibble from ten on carries into bit 4 when six is added; the letters begin 39 places behind the last digit. A
    // comparison would say the same, but is done one byte after the other.
    let isLetter = 0 &- (nibbles &+ 6) &>> 4
    return unsafeBitCast(nibbles &+ 0x30 &+ isLetter & 39, to: SIMD2<UInt64>.self)
  }
}

extension UInt32 {
  /// The eight lower-case hexadecimal digits of the number, likewise.
  @inlinable
  @inline(__always)
  public var hexadecimalDigits: UInt64 { UInt64(self).hexadecimalDigits.y }
}
