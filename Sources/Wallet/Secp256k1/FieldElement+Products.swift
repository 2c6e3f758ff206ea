@inline(__always)
private func low52(_ value: UInt128) -> UInt64 { low(value) & FieldElement.limbMask }

// Products are summed column by column. Since 2^260 = 16 * `complement` modulo p (`reduction`), column k + 5 goes into
// column k, the upper columns (3, 4 and 8) first, so that no column outgrows 128 bits for magnitudes up to 8: a limb
// has at most 56 bits, a column of five products 115, its reduction at most 2^90 more.
extension FieldElement {
  /// 2^260 modulo p.
  private static var reduction: UInt64 { 0x10_0000_3D10 }

  /// The product of elements of magnitude up to 8; the answer has magnitude 1.
  @inline(__always)
  package static func * (a: FieldElement, b: FieldElement) -> FieldElement {
    var d = wide(a.n0, b.n3) &+ wide(a.n1, b.n2) &+ wide(a.n2, b.n1) &+ wide(a.n3, b.n0)
    var c = wide(a.n4, b.n4)
    d &+= wide(reduction, low(c))
    c &>>= 64
    let t3 = low52(d)
    d &>>= 52
    d &+= wide(a.n0, b.n4) &+ wide(a.n1, b.n3) &+ wide(a.n2, b.n2) &+ wide(a.n3, b.n1) &+ wide(a.n4, b.n0)
    d &+= wide(reduction &<< 12, low(c))
    var t4 = low52(d)
    d &>>= 52
    let overhang = t4 &>> 48
    t4 &= topMask

    c = wide(a.n0, b.n0)
    d &+= wide(a.n1, b.n4) &+ wide(a.n2, b.n3) &+ wide(a.n3, b.n2) &+ wide(a.n4, b.n1)
    let u0 = low52(d) &<< 4 | overhang
    d &>>= 52
    c &+= wide(u0, reduction &>> 4)
    let r0 = low52(c)
    c &>>= 52
    c &+= wide(a.n0, b.n1) &+ wide(a.n1, b.n0)
    d &+= wide(a.n2, b.n4) &+ wide(a.n3, b.n3) &+ wide(a.n4, b.n2)
    c &+= wide(low52(d), reduction)
    d &>>= 52
    let r1 = low52(c)
    c &>>= 52
    c &+= wide(a.n0, b.n2) &+ wide(a.n1, b.n1) &+ wide(a.n2, b.n0)
    d &+= wide(a.n3, b.n4) &+ wide(a.n4, b.n3)
    c &+= wide(reduction, low(d))
    d &>>= 64
    let r2 = low52(c)
    c &>>= 52
    c &+= wide(reduction &<< 12, low(d)) &+ wide(t3)
    let r3 = low52(c)
    c &>>= 52
    return FieldElement(r0, r1, r2, r3, low(c) &+ t4)
  }

  /// The square of an element of magnitude up to 8; the answer has magnitude 1.
  @inline(__always)
  package var squared: FieldElement {
    let (a0, a1, a2, a3, a4) = (n0, n1, n2, n3, n4)
    let (twice0, twice1, twice2, twice4) = (a0 &* 2, a1 &* 2, a2 &* 2, a4 &* 2)
    var d = wide(twice0, a3) &+ wide(twice1, a2)
    var c = wide(a4, a4)
    d &+= wide(Self.reduction, low(c))
    c &>>= 64
    let t3 = low52(d)
    d &>>= 52
    d &+= wide(a0, twice4) &+ wide(twice1, a3) &+ wide(a2, a2)
    d &+= wide(Self.reduction &<< 12, low(c))
    var t4 = low52(d)
    d &>>= 52
    let overhang = t4 &>> 48
    t4 &= Self.topMask

    c = wide(a0, a0)
    d &+= wide(a1, twice4) &+ wide(twice2, a3)
    let u0 = low52(d) &<< 4 | overhang
    d &>>= 52
    c &+= wide(u0, Self.reduction &>> 4)
    let r0 = low52(c)
    c &>>= 52
    c &+= wide(twice0, a1)
    d &+= wide(a2, twice4) &+ wide(a3, a3)
    c &+= wide(low52(d), Self.reduction)
    d &>>= 52
    let r1 = low52(c)
    c &>>= 52
    c &+= wide(twice0, a2) &+ wide(a1, a1)
    d &+= wide(a3, twice4)
    c &+= wide(Self.reduction, low(d))
    d &>>= 64
    let r2 = low52(c)
    c &>>= 52
    c &+= wide(Self.reduction &<< 12, low(d)) &+ wide(t3)
    let r3 = low52(c)
    c &>>= 52
    return FieldElement(r0, r1, r2, r3, low(c) &+ t4)
  }
}
