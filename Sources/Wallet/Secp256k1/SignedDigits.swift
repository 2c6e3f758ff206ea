/// A number below 2^128 as the sum of digit * 2^position: each digit is zero or odd, and behind a digit that is not
/// zero follow at least width - 1 zeros (width-w non-adjacent form).
struct SignedDigits {
  /// Positions 0 to 128: the highest may receive a carry.
  static let count = 129

  private var digits: InlineArray<129, Int16> = .init(repeating: 0)

  /// Digits below 2^(width - 1) in magnitude, all negated if asked. Width: 2 to 15.
  init(_ number: UInt128, width: Int, negated: Bool = false) {
    var rest = number
    var position = 0
    let mask = Int16(1) &<< Int16(width) &- 1
    while rest != 0 {
      let zeros = rest.trailingZeroBitCount
      rest &>>= UInt128(truncatingIfNeeded: zeros)
      position &+= zeros
      var digit = Int16(truncatingIfNeeded: rest) & mask
      rest &>>= UInt128(truncatingIfNeeded: width)
      if digit &>> Int16(width &- 1) != 0 {
        // A carry implies that bit position + width - 1 of the number is set: the next position is at most 128.
        digit &-= mask &+ 1
        rest &+= 1
      }
      digits[position] = negated ? 0 &- digit : digit
      position &+= width
    }
  }

  @inline(__always)
  subscript(position: Int) -> Int16 { digits[position] }
}
