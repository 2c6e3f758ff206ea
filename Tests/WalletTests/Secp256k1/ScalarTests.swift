internal import Testing

@testable import Wallet

@Suite struct ScalarTests {
  private static let one = Scalar(reducing: UInt256(1, 0, 0, 0))

  @Test func agreesWithPythonsIntegers() throws {
    for row in try Vectors.rows("arithmetic.txt") {
      let a = try #require(Scalar(number(row[0]))), b = try #require(Scalar(number(row[1])))
      #expect((a * b).value == (try number(row[5])), "\(row[0]) * \(row[1])")
      #expect(a.inverse.value == (try number(row[6])), "1 / \(row[0])")
    }
  }

  @Test func followsTheLawsOfAField() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let a = generator.scalar(), b = generator.scalar(), c = generator.scalar()
      #expect((a + b) * c == a * c + b * c)
      #expect(a * (b * c) == (a * b) * c)
      #expect((a + a.negated).isZero)
      #expect(a * a.inverse == Self.one)
    }
  }

  @Test func splitsIntoShortScalars() throws {
    let lambda = try #require(
      Scalar(number("5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72")))
    var generator = SeededGenerator(seed: 4)
    let edges = [
      UInt256.zero, UInt256(1, 0, 0, 0), Scalar.halfOrder, Scalar.order &- UInt256(1, 0, 0, 0), lambda.value,
    ]
    let scalars = edges.map(Scalar.init(reducing:)) + (0..<2000).map { _ in generator.scalar() }
    for scalar in scalars {
      let halves = scalar.split
      #expect(signed(halves.first) + signed(halves.second) * lambda == scalar)
    }
  }

  private func signed(_ half: HalfScalar) -> Scalar {
    let scalar = Scalar(reducing: UInt256(high: 0, low: half.magnitude))
    return half.isNegative ? scalar.negated : scalar
  }

  @Test func keepsItsRange() {
    let one = UInt256(1, 0, 0, 0)
    #expect(Scalar(Scalar.order) == nil)
    #expect(Scalar(Scalar.order &+ one) == nil)
    #expect(Scalar(Scalar.order &- one) != nil)
    #expect(Scalar(reducing: Scalar.order).isZero)
    #expect(Scalar(reducing: UInt256(~0, ~0, ~0, ~0)).value == UInt256(~0, ~0, ~0, ~0) &- Scalar.order)
    #expect(Scalar(Scalar.halfOrder)?.isHigh == false)
    #expect(Scalar(Scalar.halfOrder &+ one)?.isHigh == true)
    #expect(Scalar(reducing: .zero).negated.isZero)
    #expect(Scalar(reducing: .zero).inverse.isZero)
    #expect(Scalar.halfOrder &+ Scalar.halfOrder &+ one == Scalar.order)
  }

  @Test func multipliesWholeNumbers() {
    let most = UInt256(~0, ~0, ~0, ~0)
    let product = most.multipliedFullWidth(by: most)
    #expect(product.high == most &- UInt256(1, 0, 0, 0))
    #expect(product.low == UInt256(1, 0, 0, 0))
  }
}
