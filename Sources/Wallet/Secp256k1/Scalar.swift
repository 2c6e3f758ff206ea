/// An integer modulo the order n of secp256k1's group, always below n.
///
/// For public data: the time an operation takes depends on the values.
package struct Scalar: Hashable, Sendable {
  /// The number of points of the curve (SEC 2, section 2.4.1).
  package static let order = UInt256(
    0xBFD2_5E8C_D036_4141, 0xBAAE_DCE6_AF48_A03B, 0xFFFF_FFFF_FFFF_FFFE, 0xFFFF_FFFF_FFFF_FFFF)

  /// The largest scalar that is not above half the order; EIP-2 refuses signatures whose s lies above it.
  package static let halfOrder = UInt256(
    0xDFE9_2F46_681B_20A0, 0x5D57_6E73_57A4_501D, 0xFFFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF)

  /// 2^256 - n, less its highest bit 2^128.
  private static let complementTail: UInt128 = 0x4551_2319_50B7_5FC4_402D_A173_2FC9_BEBF

  package let value: UInt256

  /// The value must be below the order.
  private init(reduced value: UInt256) { self.value = value }

  /// A scalar that is written as it stands; nil from the order on.
  package init?(_ value: UInt256) {
    guard value < Self.order else { return nil }
    self.value = value
  }

  /// Any 256-bit number modulo the order.
  package init(reducing value: UInt256) {
    self.value = value < Self.order ? value : value &- Self.order
  }

  package var isZero: Bool { value.isZero }
  package var isHigh: Bool { value > Self.halfOrder }

  package var negated: Scalar { isZero ? self : Scalar(reduced: Self.order &- value) }

  package static func + (left: Scalar, right: Scalar) -> Scalar {
    let (sum, carried) = left.value.addingReportingOverflow(right.value)
    return Scalar(reduced: carried || sum >= order ? sum &- order : sum)
  }

  package static func * (left: Scalar, right: Scalar) -> Scalar {
    var (high, low) = left.value.multipliedFullWidth(by: right.value)
    while !high.isZero {
      (high, low) = fold(high, low)
    }
    return Scalar(reducing: low)
  }

  /// A number with the same remainder as high * 2^256 + low, about 127 bits shorter: 2^256 is 2^128 + `complementTail`.
  private static func fold(_ high: UInt256, _ low: UInt256) -> (high: UInt256, low: UInt256) {
    let tailLow = UInt256.product(high.low, complementTail)
    let tailHigh = UInt256.product(high.high, complementTail)
    let (first, carry0) = low.addingReportingOverflow(tailLow)
    let (second, carry1) = first.addingReportingOverflow(UInt256(high: tailHigh.low, low: 0))
    let (third, carry2) = second.addingReportingOverflow(UInt256(high: high.low, low: 0))
    let carries: UInt128 = (carry0 ? 1 : 0) &+ (carry1 ? 1 : 0) &+ (carry2 ? 1 : 0)
    let (sum, carry3) = high.high.addingReportingOverflow(tailHigh.high)
    let (top, carry4) = sum.addingReportingOverflow(carries)
    return (UInt256(high: (carry3 ? 1 : 0) &+ (carry4 ? 1 : 0), low: top), third)
  }

  /// The multiplicative inverse; zero for zero.
  package var inverse: Scalar { Scalar(reduced: ModularInverse.order.inverse(of: value)) }
}
