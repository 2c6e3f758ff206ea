/// An ECDSA signature over secp256k1 from which the signer's key can be computed, in range and with a low s.
public struct RecoverableSignature: Hashable, Sendable {
  package let r: Scalar
  package let s: Scalar
  package let yIsOdd: Bool

  package init(r: Scalar, s: Scalar, yIsOdd: Bool) {
    self.r = r
    self.s = s
    self.yIsOdd = yIsOdd
  }

  /// Reads 65 bytes r‖s‖v, where v is 27 or 28 (or 0 or 1), or 64 bytes r‖yParityAndS (EIP-2098).
  ///
  /// Throws what is wrong with them, in this order: length, v, r, s, high s.
  public init(_ bytes: UnsafeRawBufferPointer) throws(SignatureError) {
    guard bytes.count == 64 || bytes.count == 65 else { throw .length(bytes.count) }
    var sValue = UInt256(bigEndian: bytes, at: 32)
    if bytes.count == 65 {
      switch bytes[64] {
      case 0, 27: yIsOdd = false
      case 1, 28: yIsOdd = true
      default: throw .recoveryByte(bytes[64])
      }
    } else {
      yIsOdd = sValue.high &>> 127 == 1
      sValue.high &= ~0 &>> 1
    }
    guard let r = Scalar(UInt256(bigEndian: bytes, at: 0)), !r.isZero else { throw .rOutOfRange }
    guard let s = Scalar(sValue), !s.isZero else { throw .sOutOfRange }
    guard !s.isHigh else { throw .highS }
    self.r = r
    self.s = s
  }

  /// The same for bytes kept in any collection.
  public init(_ bytes: some Collection<UInt8>) throws(SignatureError) {
    self = try withContiguousBytes(of: bytes) { raw in
      Result { () throws(SignatureError) in try RecoverableSignature(raw) }
    }.get()
  }

  /// The address of the key that made this signature over this digest.
  ///
  /// Nil where no key can have made it: r is no point's x-coordinate, or the key would be the point at infinity. That
  /// is a mismatch, never the zero address. About 50 microseconds of computing; no allocation.
  public func recoverAddress(digest: Digest32) -> EthereumAddress? {
    // r is below the order, hence below the prime. x could also be r + n where that is below the prime, but v only
    // has values for r itself (a chance of 2^-128 for honest signers).
    guard let x = FieldElement(r.value), let point = AffinePoint(x: x, yIsOdd: yIsOdd) else { return nil }
    let inverse = r.inverse
    let e = Scalar(reducing: UInt256(digest))
    guard let key = Secp256k1.combine(generatorTimes: (e * inverse).negated, point: point, times: s * inverse) else {
      return nil
    }
    return EthereumAddress(publicKey: key)
  }
}
