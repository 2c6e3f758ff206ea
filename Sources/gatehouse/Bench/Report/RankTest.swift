/// Whether two lots of repetitions differ, or only look it: the rank-sum test of Wilcoxon, Mann and Whitney. It asks
/// nothing of how the figures are spread, so that one repetition that somebody disturbed does not decide.
enum RankTest {
  /// The standard score that chance exceeds in one comparison of a hundred, both directions together. With five
  /// repetitions each, it is reached when each one of the one lot is above each one of the other; with fewer never.
  private static let significant = 2.576

  /// Whether chance alone would make lots of repetitions differ so in less than one comparison of a hundred.
  static func differ(_ first: [Double], _ second: [Double]) -> Bool {
    abs(score(first, second)) >= significant
  }

  /// Whether there are so many repetitions that ``differ(_:_:)`` can be true at all.
  static func canTell(_ first: Int, _ second: Int) -> Bool {
    differ((0..<first).map { Double($0) }, (first..<first + second).map { Double($0) })
  }

  /// How far the number of pairs in which the second is larger lies from what chance makes of it, in standard
  /// deviations of that. Pairs of equals count half.
  private static func score(_ first: [Double], _ second: [Double]) -> Double {
    let count = Double(first.count * second.count)
    guard count > 0 else { return 0 }
    var larger = 0.0
    for one in first {
      for other in second { larger += other > one ? 1 : other == one ? 0.5 : 0 }
    }
    let deviation = (count * Double(first.count + second.count + 1) / 12).squareRoot()
    return (larger - count / 2) / deviation
  }
}
