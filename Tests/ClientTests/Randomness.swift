/// Randomness that is none: always the lowest, or the highest, number of a range.
struct Extreme: RandomNumberGenerator {
  var value: UInt64

  static let lowest = Extreme(value: 0)
  static let highest = Extreme(value: .max)

  mutating func next() -> UInt64 { value }
}
