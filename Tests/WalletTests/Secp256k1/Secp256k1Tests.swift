internal import Testing

@testable import Wallet

@Suite struct Secp256k1Tests {
  private static func scalar(_ number: UInt64) -> Scalar { Scalar(reducing: UInt256(number, 0, 0, 0)) }

  @Test func multiplesOfTheGeneratorAreItsSums() throws {
    var sum = JacobianPoint(.generator)
    for count in UInt64(1)...2100 {
      if count <= 40 || count > 2040 {
        let multiple = try #require(Secp256k1.generatorMultiple(Self.scalar(count)))
        let expected = try #require(sum.affine)
        #expect(isEqual(multiple, expected), "\(count) * G")
      }
      sum.add(.generator)
    }
    #expect(Secp256k1.generatorMultiple(Self.scalar(0)) == nil)
  }

  @Test func theOrderEndsTheGroup() throws {
    let last = try #require(Secp256k1.generatorMultiple(Self.scalar(1).negated))
    #expect(isEqual(last, AffinePoint(x: AffinePoint.generator.x, y: AffinePoint.generator.negated.y.normalized)))
    var sum = JacobianPoint(last)
    sum.add(.generator)
    #expect(sum.isInfinity)
    #expect(sum.affine == nil)
    sum.double()
    #expect(sum.isInfinity)
    sum.add(.generator)
    sum.add(.generator)
    #expect(isEqual(try #require(sum.affine), try #require(Secp256k1.generatorMultiple(Self.scalar(2)))))
  }

  @Test func combinationsAreMultiplesOfTheGenerator() throws {
    var generator = SeededGenerator(seed: 5)
    let edges = [
      Self.scalar(0), Self.scalar(1), Self.scalar(2), Self.scalar(1).negated, Scalar(reducing: Scalar.halfOrder),
    ]
    var cases = edges.flatMap { g in edges.flatMap { k in edges.map { (g, k, $0) } } }
    for _ in 0..<50 { cases.append((generator.scalar(), generator.scalar(), generator.scalar())) }
    for (g, k, discrete) in cases {
      guard let point = Secp256k1.generatorMultiple(discrete) else { continue }
      let combined = Secp256k1.combine(generatorTimes: g, point: point, times: k)
      let expected = Secp256k1.generatorMultiple(g + k * discrete)
      switch (combined, expected) {
      case (nil, nil): break
      case (let combined?, let expected?): #expect(isEqual(combined, expected))
      default: Issue.record("\(g.value) * G + \(k.value) * \(discrete.value) * G")
      }
    }
  }

  @Test func pointsLieOnTheCurve() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<20 {
      let point = try #require(Secp256k1.generatorMultiple(generator.scalar()))
      let again = try #require(AffinePoint(x: point.x, yIsOdd: point.yIsOdd))
      #expect(isEqual(point, again))
      let other = try #require(AffinePoint(x: point.x, yIsOdd: !point.yIsOdd))
      #expect((other.y + point.y).isZero)
    }
    #expect(AffinePoint(x: FieldElement(5), yIsOdd: false) == nil)
  }

  private func isEqual(_ a: AffinePoint, _ b: AffinePoint) -> Bool {
    a.x.value == b.x.value && a.y.value == b.y.value
  }
}
