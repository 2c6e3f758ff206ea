internal import Testing

@testable import Wallet

@Suite struct FieldElementTests {
  @Test func agreesWithPythonsIntegers() throws {
    for row in try Vectors.rows("arithmetic.txt") {
      let a = try #require(FieldElement(number(row[0]))), b = try #require(FieldElement(number(row[1])))
      #expect((a * b).normalized.value == (try number(row[2])), "\(row[0]) * \(row[1])")
      #expect(a.squared.normalized.value == (a * a).normalized.value)
      #expect(a.inverse.value == (try number(row[3])), "1 / \(row[0])")
      let root = a.squareRoot?.normalized.value
      guard row[4] != "-" else {
        #expect(root == nil, "\(row[0])")
        continue
      }
      let expected = try number(row[4])
      #expect(root == expected || root == FieldElement.prime &- expected, "root of \(row[0])")
    }
  }

  @Test func followsTheLawsOfAField() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let a = try generator.element(), b = try generator.element(), c = try generator.element()
      #expect(isEqual((a + b) * c, a * c + b * c))
      #expect(isEqual(a * (b * c), (a * b) * c))
      #expect(isEqual((a + b).squared, a.squared + (a * b).multiplied(by: 2) + b.squared))
      #expect(isEqual(a + a.negated(magnitude: 1), FieldElement(0)))
      #expect(isEqual(a.halved + a.halved, a))
      #expect(isEqual(a * a.inverse, FieldElement(1)))
    }
  }

  /// The largest limbs that each operation is made for: the magnitudes of the comments.
  @Test func isExactForTheLargestLimbs() throws {
    let limb = FieldElement.limbMask, top = FieldElement.topMask
    for magnitude in UInt64(1)...8 {
      let largest = FieldElement(
        2 * magnitude * limb, 2 * magnitude * limb, 2 * magnitude * limb, 2 * magnitude * limb, 2 * magnitude * top)
      let normal = largest.normalized
      #expect(normal.value < FieldElement.prime)
      #expect(isEqual(largest * largest, normal * normal))
      #expect(isEqual(largest.squared, normal.squared))
      #expect(isEqual(largest.negated(magnitude: magnitude) + normal, FieldElement(0)))
      #expect(isEqual(largest.halved + largest.halved, normal))
      #expect(!largest.isZero)
    }
  }

  @Test func knowsZeroInEveryForm() throws {
    let p = FieldElement(
      0xF_FFFE_FFFF_FC2F, FieldElement.limbMask, FieldElement.limbMask, FieldElement.limbMask, FieldElement.topMask)
    for multiple in UInt64(0)...15 {
      let zero = p.multiplied(by: multiple)
      #expect(zero.isZero)
      #expect(zero.normalized.value.isZero)
      #expect(!(zero + FieldElement(1)).isZero)
      #expect((zero + FieldElement(1)).normalized.value == UInt256(1, 0, 0, 0))
      #expect(!(zero + p.multiplied(by: 1) + FieldElement(0, 0, 1, 0, 0)).isZero)
    }
    #expect(FieldElement(0).inverse.value.isZero)
  }

  @Test func readsAndWritesEveryLimb() throws {
    #expect(FieldElement(FieldElement.prime) == nil)
    #expect(FieldElement(UInt256(~0, ~0, ~0, ~0)) == nil)
    #expect(FieldElement(FieldElement.prime &- UInt256(1, 0, 0, 0))?.value == FieldElement.prime &- UInt256(1, 0, 0, 0))
    for bit in 0..<256 {
      let one: UInt128 = 1
      let number = bit < 128 ? UInt256(high: 0, low: one << bit) : UInt256(high: one << (bit - 128), low: 0)
      #expect(FieldElement(number)?.value == number)
    }
  }

  private func isEqual(_ a: FieldElement, _ b: FieldElement) -> Bool { a.normalized.value == b.normalized.value }
}
