/// From figures to places on a drawing, by their logarithm: what spans powers of ten is seen as far apart as it is.
struct PlotAxis: Equatable, Sendable {
  private static let fewDecades = 2

  /// Powers of ten of the unit.
  let first: Int
  let last: Int
  /// Where the first and the last power are drawn.
  let start: Double
  let end: Double

  /// An axis on which all values have room; nil when there is none above 0.
  init?(_ values: [Double], from start: Double, to end: Double) {
    let drawn = values.filter { $0 > 0 && $0.isFinite }
    guard let least = drawn.min(), let most = drawn.max() else { return nil }
    first = Int(Logarithm.decimal(least).rounded(.down))
    last = max(Int(Logarithm.decimal(most).rounded(.up)), first + 1)
    self.start = start
    self.end = end
  }

  func place(_ value: Double) -> Double {
    let share = (Logarithm.decimal(max(value, .leastNormalMagnitude)) - Double(first)) / Double(last - first)
    return start + min(max(share, 0), 1) * (end - start)
  }

  /// The powers of ten on it; where these are few, twice and five times each as well.
  var ticks: [Double] {
    let factors = last - first <= Self.fewDecades ? [1.0, 2, 5] : [1]
    let all = (first..<last).flatMap { decade in factors.map { $0 * Logarithm.power(decade) } }
    return all + [Logarithm.power(last)]
  }
}

/// Logarithms without a library of mathematics: exact to more digits than a drawing has points.
enum Logarithm {
  private static let binaryOfTen = 3.321928094887362

  /// To the base of ten, of a finite number above 0.
  static func decimal(_ value: Double) -> Double { binary(value) / binaryOfTen }

  /// The exponent gives the whole part; each squaring of what is left gives one more bit behind the point.
  static func binary(_ value: Double) -> Double {
    var rest = value.significand
    var result = Double(value.exponent)
    var bit = 0.5
    for _ in 0..<40 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  /// 10 to a whole power; the nearest number to it for powers from -22 to 22.
  static func power(_ exponent: Int) -> Double {
    let power = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
    return exponent < 0 ? 1 / power : power
  }
}
