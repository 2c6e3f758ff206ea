internal import Testing

@testable import Wallet

@Suite struct SignatureErrorTests {
  private static let one = UInt256(1, 0, 0, 0)
  private static let order = Scalar.order

  private static func signature(r: UInt256 = one, s: UInt256 = one, v: UInt8 = 27) -> [UInt8] {
    r.bigEndianBytes + s.bigEndianBytes + [v]
  }

  private static func refusal(_ bytes: [UInt8]) -> SignatureError? {
    do throws(SignatureError) {
      _ = try RecoverableSignature(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func hasOneOfTwoLengths() {
    for count in 0...200 where count != 64 && count != 65 {
      #expect(Self.refusal([UInt8](repeating: 1, count: count)) == .length(count))
    }
    #expect(Self.refusal([UInt8](repeating: 0, count: 10_000_000)) == .length(10_000_000))
    // A contract wallet's: ERC-6492's suffix behind a payload.
    let wrapped = [UInt8](repeating: 1, count: 96) + [[UInt8]](repeating: [0x64, 0x92], count: 16).flatMap { $0 }
    #expect(Self.refusal(wrapped) == .length(128))
  }

  @Test func hasOneOfFourRecoveryBytes() {
    for v in UInt8.min...UInt8.max {
      let expected: SignatureError? = [0, 1, 27, 28].contains(v) ? nil : .recoveryByte(v)
      #expect(Self.refusal(Self.signature(v: v)) == expected)
    }
  }

  @Test(arguments: [
    (UInt256.zero, SignatureError.rOutOfRange), (order, .rOutOfRange), (order &+ one, .rOutOfRange),
    (FieldElement.prime &- order, nil), (FieldElement.prime &- one, .rOutOfRange), (FieldElement.prime, .rOutOfRange),
    (UInt256(~0, ~0, ~0, ~0), .rOutOfRange), (one, nil), (order &- one, nil), (Scalar.halfOrder &+ one, nil),
  ]) func keepsTheRangeOfR(r: UInt256, expected: SignatureError?) {
    #expect(Self.refusal(Self.signature(r: r)) == expected)
    #expect(Self.refusal(Array(Self.signature(r: r).dropLast())) == expected)
  }

  @Test(arguments: [
    (UInt256.zero, SignatureError.sOutOfRange), (order, .sOutOfRange), (order &+ one, .sOutOfRange),
    (FieldElement.prime, .sOutOfRange), (UInt256(~0, ~0, ~0, ~0), .sOutOfRange), (order &- one, .highS),
    (Scalar.halfOrder &+ one, .highS), (Scalar.halfOrder, nil), (Scalar.halfOrder &- one, nil), (one, nil),
  ]) func keepsTheRangeOfS(s: UInt256, expected: SignatureError?) {
    #expect(Self.refusal(Self.signature(s: s)) == expected)
  }

  /// In 64 bytes the highest bit of s is the parity; what is left may still be zero or above half the order.
  @Test(arguments: [
    (UInt256.zero, SignatureError.sOutOfRange), (UInt256(0, 0, 0, 1 << 63), .sOutOfRange),
    (UInt256(~0, ~0, ~0, ~0), .highS),
    (Scalar.halfOrder &+ one, .highS), (Scalar.halfOrder, nil), (Scalar.halfOrder &+ UInt256(0, 0, 0, 1 << 63), nil),
  ]) func keepsTheRangeOfACompactS(s: UInt256, expected: SignatureError?) {
    #expect(Self.refusal(Array(Self.signature(s: s).dropLast())) == expected)
  }

  /// r + n below p would be x for v 29 and 30, which no wallet gives: r alone counts, and a small r is one that few
  /// points have.
  @Test func neverTakesRForRPlusN() throws {
    // p - n - 1 is the largest r for which r + n is an x-coordinate's value.
    let r = FieldElement.prime &- Self.order &- Self.one
    for v: UInt8 in [2, 3, 29, 30] { #expect(Self.refusal(Self.signature(r: r, v: v)) == .recoveryByte(v)) }
  }

  @Test func saysWhatIsWrong() {
    let errors: [SignatureError] = [.length(3), .recoveryByte(2), .rOutOfRange, .sOutOfRange, .highS]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(SignatureError.length(3).description.contains("3"))
  }
}
