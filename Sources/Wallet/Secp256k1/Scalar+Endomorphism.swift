// The curve's endomorphism (Gallant, Lambert, Vanstone 2001): lambda * (x, y) = (beta * x, y) halves the doublings that
// a multiplication needs. The basis of short vectors is (a1, b1), (a2, b2) with ai + bi * lambda = 0 modulo n.
extension Scalar {
  private static let a1: UInt128 = 0x3086_D221_A7D4_6BCD_E86C_90E4_9284_EB15
  private static let minusB1: UInt128 = 0xE443_7ED6_010E_8828_6F54_7FA9_0ABF_E4C3
  /// a2 less its highest bit 2^128.
  private static let a2Tail: UInt128 = 0x14CA_50F7_A8E2_F3F6_57C1_108D_9D44_CFD8
  /// 2^384 * b2 / n and 2^384 * -b1 / n, rounded.
  private static let g1 = UInt256(
    high: 0x3086_D221_A7D4_6BCD_E86C_90E4_9284_EB15, low: 0x3DAA_8A14_71E8_CA7F_E893_209A_45DB_B031)
  private static let g2 = UInt256(
    high: 0xE443_7ED6_010E_8828_6F54_7FA9_0ABF_E4C4, low: 0x2212_08AC_9DF5_06C6_1571_B4AE_8AC4_7F71)

  /// Two short scalars with first + second * lambda equal to this one modulo n.
  ///
  /// Each lies below 2^128 in magnitude for every scalar below n, so arithmetic modulo 2^256 with a sign is exact.
  var split: (first: HalfScalar, second: HalfScalar) {
    let c1 = Self.roundedQuotient(value, Self.g1)
    let c2 = Self.roundedQuotient(value, Self.g2)
    let c2a2 = UInt256.product(c2, Self.a2Tail) &+ UInt256(high: c2, low: 0)
    let first = value &- UInt256.product(c1, Self.a1) &- c2a2
    let second = UInt256.product(c1, Self.minusB1) &- UInt256.product(c2, Self.a1)
    return (Self.signed(first), Self.signed(second))
  }

  private static func roundedQuotient(_ value: UInt256, _ factor: UInt256) -> UInt128 {
    let top = value.multipliedFullWidth(by: factor).high
    return top.high &+ (top.low &>> 127)
  }

  private static func signed(_ value: UInt256) -> HalfScalar {
    guard value.high &>> 127 == 1 else { return HalfScalar(magnitude: value.low, isNegative: false) }
    return HalfScalar(magnitude: 0 &- value.low, isNegative: true)
  }
}
