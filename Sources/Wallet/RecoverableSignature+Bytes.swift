extension RecoverableSignature {
  /// 65 bytes r‖s‖v, v being 27 or 28.
  public var bytes: [UInt8] { r.value.bigEndianBytes + s.value.bigEndianBytes + [yIsOdd ? 28 : 27] }

  /// 64 bytes in the form of EIP-2098: r, and s with the parity of y in its highest bit, which a low s leaves free.
  public var compactBytes: [UInt8] {
    var last = s.value
    if yIsOdd { last.high |= 1 &<< 127 }
    return r.value.bigEndianBytes + last.bigEndianBytes
  }
}
