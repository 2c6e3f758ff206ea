extension UInt32 {
  /// The eight lower-case hexadecimal digits of the number, all at once and without an allocation: the first digit in
  /// the first byte in memory.
  @inlinable
  @inline(__always)
  public var hexadecimalDigits: UInt64 {
    // Times a byte: that byte eight times.
    let each: UInt64 = 0x0101_0101_0101_0101
    // Each nibble in a byte of its own, the most significant first.
    var nibbles = UInt64(byteSwapped)
    nibbles = (nibbles | nibbles &<< 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles &<< 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles &>> 4 | nibbles &<< 8) & 0x0F0F_0F0F_0F0F_0F0F
    // A nibble from ten on carries into bit 4 when six is added; the letters begin 39 places behind the last digit.
    let letters = (nibbles &+ 6 &* each) &>> 4 & each
    return (nibbles &+ 0x30 &* each &+ letters &* 39).littleEndian
  }
}
