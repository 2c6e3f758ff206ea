/// The group of secp256k1, for public data: nothing here runs in constant time.
package enum Secp256k1 {
  /// The width of the digits of a scalar that multiplies a point met once: its table has 8 entries.
  private static let digitBits = 5
  private typealias Multiples = InlineArray<8, AffinePoint>

  /// g * G + k * point; nil if that is the point at infinity.
  package static func combine(generatorTimes g: Scalar, point: AffinePoint, times k: Scalar) -> AffinePoint? {
    var multiples = Multiples(repeating: point)
    let scale = fill(&multiples, with: point)
    let halves = k.split
    let k1 = SignedDigits(halves.first.magnitude, width: digitBits, negated: halves.first.isNegative)
    let k2 = SignedDigits(halves.second.magnitude, width: digitBits, negated: halves.second.isNegative)
    let g1 = SignedDigits(g.value.low, width: GeneratorTable.digitBits)
    let g2 = SignedDigits(g.value.high, width: GeneratorTable.digitBits)
    let table = GeneratorTable.shared
    var sum = JacobianPoint.infinity
    for position in stride(from: SignedDigits.count &- 1, through: 0, by: -1) {
      sum.double()
      if k1[position] != 0 { sum.add(multiple(multiples, k1[position])) }
      if k2[position] != 0 {
        var addend = multiple(multiples, k2[position])
        addend.x = addend.x * endomorphism
        sum.add(addend)
      }
      if g1[position] != 0 { sum.add(table.low(g1[position]), isomorphism: scale) }
      if g2[position] != 0 { sum.add(table.high(g2[position]), isomorphism: scale) }
    }
    // All went on on the isomorphic curve where the table of multiples is affine; this leads back.
    sum.z = sum.z * scale
    return sum.affine
  }

  /// k * G; nil for zero.
  package static func generatorMultiple(_ k: Scalar) -> AffinePoint? {
    let low = SignedDigits(k.value.low, width: GeneratorTable.digitBits)
    let high = SignedDigits(k.value.high, width: GeneratorTable.digitBits)
    let table = GeneratorTable.shared
    var sum = JacobianPoint.infinity
    for position in stride(from: SignedDigits.count &- 1, through: 0, by: -1) {
      sum.double()
      if low[position] != 0 { sum.add(table.low(low[position])) }
      if high[position] != 0 { sum.add(table.high(high[position])) }
    }
    return sum.affine
  }

  /// A cube root of one: (endomorphism * x, y) is lambda * (x, y), see `Scalar.split`.
  private static var endomorphism: FieldElement {
    FieldElement(0x9_6C28_7195_01EE, 0x7_512F_5899_5C13, 0xC_3434_E99C_F049, 0x0_7106_E644_79EA, 0x7AE9_6A2B_657C)
  }

  @inline(__always)
  private static func multiple(_ multiples: borrowing Multiples, _ digit: Int16) -> AffinePoint {
    let point = multiples[Int(digit.magnitude) &>> 1]
    return digit < 0 ? point.negated : point
  }

  /// point, 3 * point … 15 * point, all over the same z, which is the answer: as affine points they lie on the curve
  /// isomorphic by it, so that adding them costs no inversion.
  ///
  /// The point's order is a large prime, so that none of these sums meets infinity or equal operands.
  private static func fill(_ multiples: inout Multiples, with point: AffinePoint) -> FieldElement {
    var double = JacobianPoint(point)
    double.double()
    // On the curve isomorphic by double.z, double is affine.
    let step = AffinePoint(x: double.x * FieldElement(1), y: double.y * FieldElement(1))
    let square = double.z.squared
    var multiple = JacobianPoint(
      AffinePoint(x: point.x * square, y: point.y * (square * double.z)))
    var ratios = InlineArray<8, FieldElement>(repeating: double.z)
    multiples[0] = AffinePoint(x: multiple.x, y: multiple.y)
    for index in 1..<8 {
      ratios[index] = multiple.add(step, scale: multiple.z)
      multiples[index] = AffinePoint(x: multiple.x, y: multiple.y)
    }
    multiples[7] = AffinePoint(x: multiple.x * FieldElement(1), y: multiple.y * FieldElement(1))
    var factor = ratios[7]
    for index in stride(from: 6, through: 0, by: -1) {
      let square = factor.squared
      multiples[index].x = multiples[index].x * square
      multiples[index].y = multiples[index].y * (square * factor)
      factor = factor * ratios[index]
    }
    return multiple.z * double.z
  }
}
