/// Randomness that is none: always the lowest, or the highest, number of a range.
struct Extreme: RandomNumberGenerator {
  var value: UInt64

  /// Not 0, which the library would throw away again and again, so as to be fair.
  static let lowest = Extreme(value: 1)
  static let highest = Extreme(value: .max)

  mutating func next() -> UInt64 { value }
}
