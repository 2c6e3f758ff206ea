/// Latencies as a line of blocks: one cell for each step of a scale on which a factor of ten is as wide everywhere, the
/// higher the more of the latencies lie there.
struct LatencyChart: Equatable, Sendable {
  private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  /// Cells for a factor of ten.
  private static let cellsADecade = 8
  /// A scale that is longer than this is told with fewer cells a decade than can be seen apart.
  private static let mostDecades = 9

  /// The scale begins with 10 to this power, in nanoseconds.
  let firstDecade: Int
  let decades: Int

  /// A scale on which all of these have room, from a power of ten to a power of ten; nil when nothing was recorded.
  init?(over histograms: [Histogram]) {
    let recorded = histograms.filter { $0.count > 0 }
    guard let least = recorded.map(\.min).min(), let longest = recorded.map(\.max).max() else { return nil }
    firstDecade = Self.decade(least)
    decades = min(Self.decade(longest) - firstDecade + 1, Self.mostDecades)
  }

  /// What is written over the cells: each power of ten where it begins.
  var scale: String {
    (0..<decades).reduce(into: "") { line, decade in
      let label = "|" + Self.label(firstDecade + decade)
      line += label + String(repeating: " ", count: max(0, Self.cellsADecade - label.count))
    }
  }

  /// One histogram's cells. The highest is full; whatever was recorded at all is seen.
  func line(_ histogram: Histogram) -> String {
    var cells = [UInt64](repeating: 0, count: decades * Self.cellsADecade)
    for (nanoseconds, count) in histogram.counted { cells[cell(of: nanoseconds)] += count }
    guard let highest = cells.max(), highest > 0 else { return "" }
    let steps = Double(Self.blocks.count - 1)
    return String(
      cells.map { $0 == 0 ? " " : Self.blocks[max(1, Int((Double($0) / Double(highest) * steps).rounded()))] })
  }

  private func cell(of nanoseconds: UInt64) -> Int {
    let decade = Self.decade(nanoseconds)
    // Where the duration lies between its power of ten and the next: the number of steps that it has passed.
    let factor = Double(nanoseconds) / Double(Self.power(decade))
    let step = Self.steps.lastIndex { factor >= $0 } ?? 0
    return min(max((decade - firstDecade) * Self.cellsADecade + step, 0), decades * Self.cellsADecade - 1)
  }

  /// 10 to the eighths: where the cells of a decade begin.
  private static let steps = [1, 1.3335, 1.7783, 2.3714, 3.1623, 4.2170, 5.6234, 7.4989]

  /// The power of ten that is not above a duration; 0 for less than one nanosecond.
  private static func decade(_ nanoseconds: UInt64) -> Int { String(nanoseconds).utf8.count - 1 }

  private static func power(_ decade: Int) -> UInt64 { (0..<decade).reduce(1) { power, _ in power * 10 } }

  private static func label(_ decade: Int) -> String {
    let units = ["ns", "us", "ms", "s"]
    let unit = min(decade / 3, units.count - 1)
    return "\(power(decade - unit * 3)) \(units[unit])"
  }
}
