/// A point (x / z^2, y / z^3) of secp256k1, or the point at infinity.
///
/// Magnitudes between operations: x at most 4, y at most 3, z 1. Affine operands: x at most 1, y at most 2.
struct JacobianPoint {
  var x: FieldElement
  var y: FieldElement
  var z: FieldElement
  var isInfinity: Bool

  static var infinity: JacobianPoint {
    JacobianPoint(x: FieldElement(0), y: FieldElement(0), z: FieldElement(0), isInfinity: true)
  }

  @inline(__always)
  init(x: FieldElement, y: FieldElement, z: FieldElement, isInfinity: Bool = false) {
    self.x = x
    self.y = y
    self.z = z
    self.isInfinity = isInfinity
  }

  @inline(__always)
  init(_ point: AffinePoint) {
    self.init(x: point.x, y: point.y, z: FieldElement(1))
  }

  /// Adds the point to itself: 3 products, 4 squares (dbl-2009-l with the slope halved).
  ///
  /// No point of the curve has y = 0 (the group's order is odd), so only infinity doubles to infinity.
  @inline(__always)
  mutating func double() {
    if isInfinity { return }
    z = z * y
    var s = y.squared
    let slope = x.squared.multiplied(by: 3).halved  // magnitude 2
    var t = s.negated(magnitude: 1) * x
    x = slope.squared + t + t  // 3
    s = s.squared
    t = t + x  // 4
    y = (t * slope + s).negated(magnitude: 2)  // 3
  }

  /// Adds an affine point: 8 products, 3 squares.
  @inline(__always)
  mutating func add(_ point: AffinePoint) {
    if isInfinity {
      self = JacobianPoint(point)
      return
    }
    _ = add(point, scale: z)
  }

  /// Adds a point (x, y) of secp256k1 itself while this point is kept on an isomorphic curve, where it is
  /// (x * i^2, y * i^3): 9 products, 3 squares.
  @inline(__always)
  mutating func add(_ point: AffinePoint, isomorphism: FieldElement) {
    if isInfinity {
      let square = isomorphism.squared
      self = JacobianPoint(x: point.x * square, y: point.y * (square * isomorphism), z: FieldElement(1))
      return
    }
    _ = add(point, scale: z * isomorphism)
  }

  /// Adds a point whose coordinates are `point`'s over the squares and cubes of z / scale; answers by what z was
  /// multiplied.
  @inline(__always)
  mutating func add(_ point: AffinePoint, scale: FieldElement) -> FieldElement {
    let square = scale.squared
    let h = point.x * square + x.negated(magnitude: 4)  // 6
    let i = (point.y * (square * scale)).negated(magnitude: 1) + y  // 5
    if h.isZero { return addSameX(i) }
    z = z * h
    let minusH2 = h.squared.negated(magnitude: 1)  // 2
    let minusH3 = minusH2 * h
    var t = x * minusH2
    x = i.squared + minusH3 + t + t  // 4
    t = t + x  // 5
    y = t * i + minusH3 * y  // 2
    return h
  }

  /// The sum with a point of the same x: the double if y is the same too, else infinity.
  @inline(never)
  private mutating func addSameX(_ yDifference: FieldElement) -> FieldElement {
    if yDifference.isZero {
      let factor = y
      double()
      return factor
    }
    self = .infinity
    return FieldElement(0)
  }

  /// The affine point, normalized; nil for infinity.
  var affine: AffinePoint? {
    if isInfinity { return nil }
    let inverse = z.inverse
    let square = inverse.squared
    return AffinePoint(x: (x * square).normalized, y: (y * (square * inverse)).normalized)
  }
}
