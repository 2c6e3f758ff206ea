/// Odd multiples of the generator G and of 2^128 * G, for multiplications by it without doublings of its own.
///
/// 2 * 512 points of 80 bytes, 80 KiB, computed in about a millisecond at first use and kept for the life of the
/// process.
struct GeneratorTable: @unchecked Sendable {
  /// Width of the signed digits that index the table: odd, below 2^10 in magnitude.
  static let digitBits = 11
  private static let count = 1 << (digitBits - 2)

  static let shared = GeneratorTable()

  // Written only while `shared` is made, read only afterwards, never freed: hence the unchecked Sendable.
  private let points: UnsafeMutablePointer<AffinePoint>

  private init() {
    points = .allocate(capacity: 2 * Self.count)
    var base = AffinePoint.generator
    Self.fill(UnsafeMutableBufferPointer(start: points, count: Self.count), with: base)
    var shifted = JacobianPoint(base)
    for _ in 0..<128 { shifted.double() }
    base = shifted.affine ?? base
    Self.fill(UnsafeMutableBufferPointer(start: points + Self.count, count: Self.count), with: base)
  }

  /// digit * G.
  @inline(__always)
  func low(_ digit: Int16) -> AffinePoint { point(digit, from: 0) }

  /// digit * 2^128 * G.
  @inline(__always)
  func high(_ digit: Int16) -> AffinePoint { point(digit, from: Self.count) }

  @inline(__always)
  private func point(_ digit: Int16, from start: Int) -> AffinePoint {
    let index = Int(digit.magnitude) &>> 1
    precondition(index < Self.count)
    let point = points[start &+ index]
    return digit < 0 ? point.negated : point
  }

  /// base, 3 * base, 5 * base and so on, brought to affine form with a single inversion (Montgomery's trick).
  private static func fill(_ table: UnsafeMutableBufferPointer<AffinePoint>, with base: AffinePoint) {
    var double = JacobianPoint(base)
    double.double()
    guard let step = double.affine else { return }
    var multiples: [JacobianPoint] = []
    var products: [FieldElement] = []
    var multiple = JacobianPoint(base)
    var product = multiple.z
    for _ in 0..<count {
      multiples.append(multiple)
      products.append(product)
      multiple.add(step)
      product = product * multiple.z
    }
    var inverse = products[count - 1].inverse
    for index in stride(from: count - 1, through: 0, by: -1) {
      let point = multiples[index]
      let zInverse = index == 0 ? inverse : inverse * products[index - 1]
      inverse = inverse * point.z
      let square = zInverse.squared
      let affine = AffinePoint(x: (point.x * square).normalized, y: (point.y * (square * zInverse)).normalized)
      (table.baseAddress! + index).initialize(to: affine)
    }
  }
}
