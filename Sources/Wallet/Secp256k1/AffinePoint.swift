/// A point of secp256k1, y^2 = x^3 + 7, other than the point at infinity.
package struct AffinePoint: Sendable {
  var x: FieldElement
  var y: FieldElement

  /// The group's generator (SEC 2, section 2.4.1).
  static let generator = AffinePoint(
    x: FieldElement(0x2_815B_16F8_1798, 0xD_B2DC_E28D_959F, 0xE_870B_0702_9BFC, 0xB_BAC5_5A06_295C, 0x79BE_667E_F9DC),
    y: FieldElement(0x7_D08F_FB10_D4B8, 0x4_8A68_5541_99C4, 0xE_1108_A8FD_17B4, 0xC_4655_DA4F_BFC0, 0x483A_DA77_26A3))

  @inline(__always)
  init(x: FieldElement, y: FieldElement) {
    self.x = x
    self.y = y
  }

  /// The point with this x whose y is odd or even as asked; nil where x is no point's.
  init?(x: FieldElement, yIsOdd: Bool) {
    guard let root = (x.squared * x + FieldElement(7)).squareRoot else { return nil }
    // There is no point with y = 0 (-7 has no cube root), so exactly one of y and -y is odd.
    let y = root.normalized
    self.init(x: x, y: y.isOdd == yIsOdd ? y : y.negated(magnitude: 1).normalized)
  }

  /// The point with -y; magnitude of y: one more.
  @inline(__always)
  var negated: AffinePoint { AffinePoint(x: x, y: y.negated(magnitude: 1)) }

  /// The x-coordinate of a normalized point.
  package var xValue: UInt256 { x.value }

  /// Whether the y-coordinate of a normalized point is odd.
  package var yIsOdd: Bool { y.isOdd }
}
