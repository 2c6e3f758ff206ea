/// Two reports beside each other, scenario by scenario: the ratio of each figure, how far it is spread, and whether
/// that is a change. Between two reports the machine may have become another one (others work on it, or the host does);
/// what the floors of both say of that is taken into account.
struct ReportComparison: Equatable, Sendable {
  enum Verdict: String, Equatable, Sendable {
    case better
    case worse
    /// No change is shown: the repetitions overlap, or the ratio is too small to matter.
    case same
    /// The figure changed, and the floor that bounds it at least as much: the machine, not the program.
    case machine
    /// Too few repetitions to tell a change from noise.
    case unknown
  }

  /// One figure of one scenario in both reports.
  struct Row: Equatable, Sendable {
    var scenario: String
    var load: String
    var figure: ComparedFigure
    var before: Spread
    var after: Spread
    var verdict: Verdict

    /// Of the medians, the second report's for the first's; nil where the first's is 0.
    var ratio: Double? { before.median == 0 ? nil : after.median / before.median }
    /// The ratios of all pairs of repetitions lie between these; nil where a repetition of the first is 0.
    var ratios: ClosedRange<Double>? {
      guard before.lowest > 0, after.lowest >= 0 else { return nil }
      return after.lowest / before.highest...after.highest / before.lowest
    }
  }

  /// A change of less than this is not worth a word, however sure it is: 5 %.
  static let leastChange = 0.05

  private(set) var rows: [Row] = []
  /// Scenarios that only one of the reports has, as ``ScenarioResult/title`` and load say it.
  private(set) var unmatched: [String] = []

  init(before: BenchReport, after: BenchReport) {
    var others = after.results
    for result in before.results {
      guard let index = others.firstIndex(where: { $0.isSame(as: result) }) else {
        unmatched.append(result.label)
        continue
      }
      let other = others.remove(at: index)
      rows += ComparedFigure.all.compactMap { Self.row($0, result, other) }
    }
    unmatched += others.map(\.label)
  }

  private static func row(_ figure: ComparedFigure, _ before: ScenarioResult, _ after: ScenarioResult) -> Row? {
    let (first, second) = (before.runs.compactMap(figure.value), after.runs.compactMap(figure.value))
    guard let one = Spread(first), let other = Spread(second) else { return nil }
    // Two reports without failures have nothing to say of them.
    guard one.highest != 0 || other.highest != 0 else { return nil }
    return Row(
      scenario: before.title, load: before.loadText, figure: figure, before: one, after: other,
      verdict: verdict(figure, first, second, floor: floorRatio(figure, before, after)))
  }

  /// - Parameter floor: the second report's floor for the first's, of the figure's kind; nil when there is none.
  static func verdict(
    _ figure: ComparedFigure, _ before: [Double], _ after: [Double], floor: Double?
  ) -> Verdict {
    guard RankTest.canTell(before.count, after.count) else { return .unknown }
    guard RankTest.differ(before, after), let one = Spread(before)?.median, let other = Spread(after)?.median else {
      return .same
    }
    // From nothing to something is a change of any size.
    let ratio = one == 0 ? Double.infinity : other / one
    guard abs(ratio - 1) >= leastChange else { return .same }
    if let floor, floor > 0 {
      let rest = ratio / floor
      if ratio > 1 ? rest < 1 + leastChange : rest > 1 - leastChange { return .machine }
    }
    return (ratio < 1) == figure.isBetterLower ? .better : .worse
  }

  /// How the floor moved that bounds the figure, in the figure's own direction.
  private static func floorRatio(
    _ figure: ComparedFigure, _ before: ScenarioResult, _ after: ScenarioResult
  ) -> Double? {
    guard let kind = figure.movesWith else { return nil }
    for bound in before.bounds where bound.figure == kind {
      let other = after.bounds.first { $0.figure == kind && $0.floor.name == bound.floor.name }
      if let other, bound.floor.value > 0, other.floor.value > 0 { return other.floor.value / bound.floor.value }
    }
    return nil
  }
}

extension ScenarioResult {
  /// Whether the other one was asked for alike, so that their figures can be compared.
  func isSame(as other: ScenarioResult) -> Bool {
    name == other.name && things == other.things && load == other.load && parameters == other.parameters
  }

  /// The scenario, its parameters and its load.
  var label: String { loadText.isEmpty ? title : "\(title) \(loadText)" }
}
