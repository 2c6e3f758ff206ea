/// Inverses modulo an odd 256-bit modulus by Bernstein and Yang's division steps (eprint 2019/266), 62 at a time, in
/// the variant whose time depends on the value: for public data only.
struct ModularInverse {
  /// A signed number in five limbs of 62 bits, least significant first; the highest limb carries the sign.
  typealias Limbs = InlineArray<5, Int64>

  /// The field's prime p.
  static let prime = ModularInverse(modulus: FieldElement.prime, inverse62: 0x27C7_F6E2_2DDA_CACF)
  /// The group's order n.
  static let order = ModularInverse(modulus: Scalar.order, inverse62: 0x34F2_0099_AA77_4EC1)

  private static let limbMask: UInt64 = ~0 &>> 2

  private let modulus: Limbs
  /// The modulus' inverse modulo 2^62.
  private let inverse62: UInt64

  private init(modulus: UInt256, inverse62: UInt64) {
    self.modulus = Self.limbs(of: modulus)
    self.inverse62 = inverse62
  }

  /// The inverse of a value below the modulus, itself below the modulus; zero for zero.
  func inverse(of value: UInt256) -> UInt256 {
    // Invariants: d * value = f and e * value = g modulo the modulus (up to the powers of two that each step divides
    // by); d and e lie between -2 * modulus and modulus.
    var d: Limbs = [0, 0, 0, 0, 0]
    var e: Limbs = [1, 0, 0, 0, 0]
    var f = modulus
    var g = Self.limbs(of: value)
    var length = 5
    var eta: Int64 = -1
    while true {
      let step = Self.divisionSteps(&eta, UInt64(bitPattern: f[0]), UInt64(bitPattern: g[0]))
      apply(step, toInverses: &d, &e)
      Self.apply(step, to: &f, &g, length: length)
      if g[0] == 0 {
        var rest: Int64 = 0
        for index in 1..<length { rest |= g[index] }
        if rest == 0 { break }
      }
      // Once the highest limbs of f and g hold nothing but the sign, the numbers fit one limb less.
      let top = length &- 1
      if length > 2 && f[top] ^ (f[top] &>> 63) == 0 && g[top] ^ (g[top] &>> 63) == 0 {
        f[top &- 1] |= f[top] &<< 62
        g[top &- 1] |= g[top] &<< 62
        length = top
      }
    }
    return normalized(d, negated: f[length &- 1] < 0)
  }

  /// The matrix, times 2^62, that 62 division steps multiply (f, g) by.
  private struct Step {
    var u: Int64
    var v: Int64
    var q: Int64
    var r: Int64
  }

  /// 62 division steps on the lowest 64 bits of f and g, of which f is odd.
  private static func divisionSteps(_ eta: inout Int64, _ f0: UInt64, _ g0: UInt64) -> Step {
    var (u, v, q, r): (UInt64, UInt64, UInt64, UInt64) = (1, 0, 0, 1)
    var (f, g) = (f0, g0)
    var left: Int64 = 62
    while true {
      // The bit set at `left` stops the count at the steps that are left.
      let zeros = Int64(truncatingIfNeeded: (g | (~0 &<< UInt64(truncatingIfNeeded: left))).trailingZeroBitCount)
      g &>>= UInt64(truncatingIfNeeded: zeros)
      u &<<= UInt64(truncatingIfNeeded: zeros)
      v &<<= UInt64(truncatingIfNeeded: zeros)
      eta &-= zeros
      left &-= zeros
      if left == 0 { break }
      let w: UInt64
      if eta < 0 {
        eta = 0 &- eta
        (f, g) = (g, 0 &- f)
        (u, q) = (q, 0 &- u)
        (v, r) = (r, 0 &- v)
        // w cancels as many low bits of g as steps can be taken before f and g change places again, at most six.
        let limit = UInt64(truncatingIfNeeded: min(eta &+ 1, left))
        w = (f &* g &* (f &* f &- 2)) & (~0 &>> (64 &- limit)) & 63
      } else {
        let limit = UInt64(truncatingIfNeeded: min(eta &+ 1, left))
        let inverse = f &+ (((f &+ 1) & 4) &<< 1)
        w = ((0 &- inverse) &* g) & (~0 &>> (64 &- limit)) & 15
      }
      g &+= f &* w
      q &+= u &* w
      r &+= v &* w
    }
    return Step(
      u: Int64(bitPattern: u), v: Int64(bitPattern: v), q: Int64(bitPattern: q), r: Int64(bitPattern: r))
  }

  @inline(__always)
  private static func wide(_ a: Int64, _ b: Int64) -> Int128 {
    let product = a.multipliedFullWidth(by: b)
    return Int128(_low: product.low, _high: product.high)
  }

  @inline(__always)
  private static func low64(_ value: Int128) -> Int64 { Int64(bitPattern: value._low) }

  @inline(__always)
  private static func low62(_ value: Int128) -> Int64 {
    low64(value) & Int64(bitPattern: limbMask)
  }

  /// (d, e) := step * (d, e) / 2^62 modulo the modulus, kept in range by adding multiples of it that make the division
  /// exact.
  private func apply(_ step: Step, toInverses d: inout Limbs, _ e: inout Limbs) {
    let (dSign, eSign) = (d[4] &>> 63, e[4] &>> 63)
    var md = (step.u & dSign) &+ (step.v & eSign)
    var me = (step.q & dSign) &+ (step.r & eSign)
    var cd = Self.wide(step.u, d[0]) &+ Self.wide(step.v, e[0])
    var ce = Self.wide(step.q, d[0]) &+ Self.wide(step.r, e[0])
    let dLow = inverse62 &* cd._low &+ UInt64(bitPattern: md)
    let eLow = inverse62 &* ce._low &+ UInt64(bitPattern: me)
    md &-= Int64(bitPattern: dLow & Self.limbMask)
    me &-= Int64(bitPattern: eLow & Self.limbMask)
    cd &+= Self.wide(modulus[0], md)
    ce &+= Self.wide(modulus[0], me)
    cd &>>= 62
    ce &>>= 62
    for index in 1..<5 {
      cd &+= Self.wide(step.u, d[index]) &+ Self.wide(step.v, e[index]) &+ Self.wide(modulus[index], md)
      ce &+= Self.wide(step.q, d[index]) &+ Self.wide(step.r, e[index]) &+ Self.wide(modulus[index], me)
      d[index &- 1] = Self.low62(cd)
      e[index &- 1] = Self.low62(ce)
      cd &>>= 62
      ce &>>= 62
    }
    d[4] = Self.low64(cd)
    e[4] = Self.low64(ce)
  }

  /// (f, g) := step * (f, g) / 2^62, exactly.
  private static func apply(_ step: Step, to f: inout Limbs, _ g: inout Limbs, length: Int) {
    var cf = (wide(step.u, f[0]) &+ wide(step.v, g[0])) &>> 62
    var cg = (wide(step.q, f[0]) &+ wide(step.r, g[0])) &>> 62
    for index in 1..<length {
      cf &+= wide(step.u, f[index]) &+ wide(step.v, g[index])
      cg &+= wide(step.q, f[index]) &+ wide(step.r, g[index])
      f[index &- 1] = low62(cf)
      g[index &- 1] = low62(cg)
      cf &>>= 62
      cg &>>= 62
    }
    f[length &- 1] = low64(cf)
    g[length &- 1] = low64(cg)
  }

  /// The value, or its negative, brought from (-2 * modulus, modulus) into [0, modulus).
  private func normalized(_ value: Limbs, negated: Bool) -> UInt256 {
    var limbs = value
    if limbs[4] < 0 {
      for index in 0..<5 { limbs[index] &+= modulus[index] }
    }
    if negated {
      for index in 0..<5 { limbs[index] = 0 &- limbs[index] }
    }
    Self.propagate(&limbs)
    if limbs[4] < 0 {
      for index in 0..<5 { limbs[index] &+= modulus[index] }
      Self.propagate(&limbs)
    }
    return Self.number(limbs)
  }

  private static func propagate(_ limbs: inout Limbs) {
    for index in 0..<4 {
      limbs[index &+ 1] &+= limbs[index] &>> 62
      limbs[index] &= Int64(bitPattern: limbMask)
    }
  }

  private static func limbs(of number: UInt256) -> Limbs {
    let (w0, w1, w2, w3) = number.words
    return [
      Int64(bitPattern: w0 & limbMask), Int64(bitPattern: (w0 &>> 62 | w1 &<< 2) & limbMask),
      Int64(bitPattern: (w1 &>> 60 | w2 &<< 4) & limbMask), Int64(bitPattern: (w2 &>> 58 | w3 &<< 6) & limbMask),
      Int64(bitPattern: w3 &>> 56),
    ]
  }

  private static func number(_ limbs: Limbs) -> UInt256 {
    let l0 = UInt64(bitPattern: limbs[0]), l1 = UInt64(bitPattern: limbs[1]), l2 = UInt64(bitPattern: limbs[2])
    let l3 = UInt64(bitPattern: limbs[3]), l4 = UInt64(bitPattern: limbs[4])
    return UInt256(l0 | l1 &<< 62, l1 &>> 2 | l2 &<< 60, l2 &>> 4 | l3 &<< 58, l3 &>> 6 | l4 &<< 56)
  }
}
