/// One figure over several repetitions.
struct Spread: Equatable, Sendable {
  let lowest: Double
  /// The lowest when a tenth of the repetitions, the lowest ones, is left out; up to nine, none is.
  let low: Double
  /// With an even number of repetitions, the mean of the two in the middle.
  let median: Double
  /// The highest when a tenth of the repetitions, the highest ones, is left out.
  let high: Double
  let highest: Double
  /// Repetitions.
  let count: Int

  /// Nil when there is nothing to take the middle of.
  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    let tenth = sorted.count / 10
    lowest = sorted[0]
    low = sorted[tenth]
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    high = sorted[sorted.count - 1 - tenth]
    highest = sorted[sorted.count - 1]
    count = sorted.count
  }

  /// From the lowest to the highest, as a share of the median: 0.1 says that they lie within 10 %. 0 where the median
  /// is.
  var width: Double { median == 0 ? 0 : (highest - lowest) / median }
}
