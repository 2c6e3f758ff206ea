extension FieldElement {
  /// This element squared `count` times over: its power 2^count.
  @inline(never)
  private func squared(times count: Int) -> FieldElement {
    var result = self
    for _ in 0..<count { result = result.squared }
    return result
  }

  /// A square root, magnitude 1, not normalized; nil where there is none. Takes magnitudes up to 8.
  ///
  /// p is 3 modulo 4, so a root, if there is one, is the power (p + 1) / 4, whose binary digits are blocks of 223, 22
  /// and 2 ones. `onesK` is the power whose exponent has k ones: 253 squarings and 13 products in all.
  var squareRoot: FieldElement? {
    let ones2 = squared * self
    let ones3 = ones2.squared * self
    let ones6 = ones3.squared(times: 3) * ones3
    let ones9 = ones6.squared(times: 3) * ones3
    let ones11 = ones9.squared(times: 2) * ones2
    let ones22 = ones11.squared(times: 11) * ones11
    let ones44 = ones22.squared(times: 22) * ones22
    let ones88 = ones44.squared(times: 44) * ones44
    let ones176 = ones88.squared(times: 88) * ones88
    let ones220 = ones176.squared(times: 44) * ones44
    let ones223 = ones220.squared(times: 3) * ones3
    let root = ((ones223.squared(times: 23) * ones22).squared(times: 6) * ones2).squared(times: 2)
    // A weak self times one plus has magnitude 1, as the difference needs.
    let difference = root.squared + (self * FieldElement(1)).negated(magnitude: 1)
    return difference.isZero ? root : nil
  }

  /// The multiplicative inverse, normalized; zero for zero.
  var inverse: FieldElement {
    let inverse = ModularInverse.prime.inverse(of: normalized.value)
    // The inverse lies below the prime, so it is always an element.
    return FieldElement(inverse) ?? FieldElement(0)
  }
}
