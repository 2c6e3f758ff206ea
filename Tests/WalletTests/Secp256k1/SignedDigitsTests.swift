internal import Testing

@testable import Wallet

@Suite struct SignedDigitsTests {
  @Test(arguments: [2, 5, 11, 15]) func writeTheNumberSparsely(width: Int) {
    var generator = SeededGenerator(seed: UInt64(width))
    var numbers: [UInt128] = [0, 1, 2, 3, .max, .max - 1, 1 << 127, (1 << 127) - 1, .max << 64]
    for shift in 0..<128 { numbers.append(.random(in: 0 ... .max, using: &generator) >> shift) }
    for number in numbers {
      let digits = SignedDigits(number, width: width)
      let negated = SignedDigits(number, width: width, negated: true)
      // The sum is exact modulo 2^256, hence equal as a number.
      var sum = UInt256.zero
      var lastPosition = -width
      for position in (0..<SignedDigits.count).reversed() {
        let digit = digits[position]
        #expect(negated[position] == -digit)
        sum = sum &+ sum &+ UInt256(high: digit < 0 ? .max : 0, low: UInt128(truncatingIfNeeded: digit))
      }
      #expect(sum == UInt256(high: 0, low: number))
      for position in 0..<SignedDigits.count where digits[position] != 0 {
        #expect(digits[position] % 2 != 0)
        #expect(digits[position].magnitude < 1 << (width - 1))
        #expect(position - lastPosition >= width)
        lastPosition = position
      }
    }
  }
}
