/// An integer modulo secp256k1's prime p = 2^256 - 2^32 - 977, in five limbs of 52 bits.
///
/// Limbs may exceed 52 bits between operations, so that sums need no carries. An element of *magnitude* m has limbs of
/// at most 2m * (2^52 - 1), the highest at most 2m * (2^48 - 1). Products take magnitudes up to 8 and give magnitude 1;
/// each other operation says what it gives. For public data: comparisons and inverses take a time that depends on the
/// value.
package struct FieldElement: Sendable {
  var n0: UInt64
  var n1: UInt64
  var n2: UInt64
  var n3: UInt64
  var n4: UInt64

  /// The field's prime (SEC 2, section 2.4.1).
  package static let prime = UInt256(0xFFFF_FFFE_FFFF_FC2F, ~0, ~0, ~0)

  static let limbMask: UInt64 = 0xF_FFFF_FFFF_FFFF
  static let topMask: UInt64 = 0xFFFF_FFFF_FFFF
  /// 2^256 modulo p.
  static let complement: UInt64 = 0x1_0000_03D1

  @inline(__always)
  init(_ n0: UInt64, _ n1: UInt64, _ n2: UInt64, _ n3: UInt64, _ n4: UInt64) {
    self.n0 = n0
    self.n1 = n1
    self.n2 = n2
    self.n3 = n3
    self.n4 = n4
  }

  /// A small number.
  init(_ value: UInt32) { self.init(UInt64(value), 0, 0, 0, 0) }

  /// A number that is written as it stands, magnitude 1; nil from the prime on.
  package init?(_ value: UInt256) {
    guard value < Self.prime else { return nil }
    let (w0, w1, w2, w3) = value.words
    let mask = Self.limbMask
    self.init(
      w0 & mask, (w0 &>> 52 | w1 &<< 12) & mask, (w1 &>> 40 | w2 &<< 24) & mask, (w2 &>> 28 | w3 &<< 36) & mask,
      w3 &>> 16)
  }

  /// The number that a normalized element stands for.
  package var value: UInt256 {
    UInt256(n0 | n1 &<< 52, n1 &>> 12 | n2 &<< 40, n2 &>> 24 | n3 &<< 28, n3 &>> 36 | n4 &<< 16)
  }

  /// Whether the number is odd; for normalized elements.
  var isOdd: Bool { n0 & 1 == 1 }

  /// The sum; magnitudes add up.
  @inline(__always)
  static func + (left: FieldElement, right: FieldElement) -> FieldElement {
    FieldElement(
      left.n0 &+ right.n0, left.n1 &+ right.n1, left.n2 &+ right.n2, left.n3 &+ right.n3, left.n4 &+ right.n4)
  }

  /// The negative of an element of at most the given magnitude; the answer's is one more.
  @inline(__always)
  func negated(magnitude: UInt64) -> FieldElement {
    let factor = 2 &* (magnitude &+ 1)
    return FieldElement(
      0xF_FFFE_FFFF_FC2F &* factor &- n0, Self.limbMask &* factor &- n1, Self.limbMask &* factor &- n2,
      Self.limbMask &* factor &- n3, Self.topMask &* factor &- n4)
  }

  /// The product with a small number, by which the magnitude grows.
  @inline(__always)
  func multiplied(by factor: UInt64) -> FieldElement {
    FieldElement(n0 &* factor, n1 &* factor, n2 &* factor, n3 &* factor, n4 &* factor)
  }

  /// Half the element; a magnitude m becomes m / 2 + 1.
  @inline(__always)
  var halved: FieldElement {
    // p is odd: adding it to an odd number makes it even. Mask is all ones in 52 bits where the number is odd.
    let mask = (0 &- (n0 & 1)) &>> 12
    let t0 = n0 &+ (0xF_FFFE_FFFF_FC2F & mask), t1 = n1 &+ mask, t2 = n2 &+ mask, t3 = n3 &+ mask
    let t4 = n4 &+ (mask &>> 4)
    return FieldElement(
      t0 &>> 1 &+ (t1 & 1) &<< 51, t1 &>> 1 &+ (t2 & 1) &<< 51, t2 &>> 1 &+ (t3 & 1) &<< 51,
      t3 &>> 1 &+ (t4 & 1) &<< 51, t4 &>> 1)
  }

  /// The same number in its one form with limbs below 2^52 (the highest below 2^48) and a value below p.
  var normalized: FieldElement {
    let mask = Self.limbMask
    var (t0, t1, t2, t3, t4) = carried
    // At most one p too large: subtract it by adding 2^256 - p and dropping bit 256.
    let isAtLeastPrime = t4 == Self.topMask && t1 & t2 & t3 == mask && t0 >= 0xF_FFFE_FFFF_FC2F
    if t4 &>> 48 != 0 || isAtLeastPrime {
      t0 &+= Self.complement
      t1 &+= t0 &>> 52
      t2 &+= t1 &>> 52
      t3 &+= t2 &>> 52
      t4 &+= t3 &>> 52
      (t0, t1, t2, t3, t4) = (t0 & mask, t1 & mask, t2 & mask, t3 & mask, t4 & Self.topMask)
    }
    return FieldElement(t0, t1, t2, t3, t4)
  }

  /// The limbs after one pass of carries: below 2^52 but for the highest, which may hold one bit more than 48.
  @inline(__always)
  private var carried: (UInt64, UInt64, UInt64, UInt64, UInt64) {
    let mask = Self.limbMask
    let t0 = n0 &+ (n4 &>> 48) &* Self.complement
    let t1 = n1 &+ t0 &>> 52
    let t2 = n2 &+ t1 &>> 52
    let t3 = n3 &+ t2 &>> 52
    let t4 = (n4 & Self.topMask) &+ t3 &>> 52
    return (t0 & mask, t1 & mask, t2 & mask, t3 & mask, t4)
  }

  /// Whether the number is a multiple of p; any magnitude.
  @inline(__always)
  var isZero: Bool {
    // Nearly every element shows in its lowest limb alone that it is neither 0 nor p.
    let lowest = (n0 &+ (n4 &>> 48) &* Self.complement) & Self.limbMask
    if lowest != 0 && lowest != 0xF_FFFE_FFFF_FC2F { return false }
    return isZeroAfterCarries
  }

  @inline(never)
  private var isZeroAfterCarries: Bool {
    let normal = normalized
    return normal.n0 | normal.n1 | normal.n2 | normal.n3 | normal.n4 == 0
  }
}
