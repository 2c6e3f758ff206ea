/// A figure that has to be reached, measured round by round beside what it is held against.
struct Budget: Equatable, Sendable {
  /// What the ratio of the figure to its reference has to be.
  enum Requirement: Equatable, Sendable {
    case atLeast(Double)
    case atMost(Double)
    /// For what is measured twice, by programs that share nothing.
    case between(Double, Double)

    func isMet(by ratio: Double) -> Bool {
      switch self {
      case .atLeast(let least): ratio >= least
      case .atMost(let most): ratio <= most
      case .between(let least, let most): least <= ratio && ratio <= most
      }
    }
  }

  enum Unit: String, Equatable, Sendable {
    /// Things a second.
    case rate
    case nanoseconds
    case bytes
    /// Processors: 0.01 is one hundredth of one.
    case processors

    func text(_ value: Double) -> String {
      switch self {
      case .rate: FigureText.number(value) + "/s"
      case .nanoseconds: FigureText.duration(nanoseconds: value)
      case .bytes: value < 1e6 ? FigureText.number(value) + " B" : FigureText.fixed(value / 1e6, 1) + " MB"
      case .processors: FigureText.percent(value)
      }
    }
  }

  enum Verdict: String, Equatable, Sendable {
    case met
    case missed
    /// Nothing was measured, or there was nothing to hold it against.
    case unmeasured
  }

  /// Both were measured one right after the other.
  struct Round: Equatable, Sendable {
    var figure: Double
    var reference: Double
  }

  /// "durable CreateCustomer, 50 x 64".
  var what: String
  var unit: Unit
  var requirement: Requirement
  /// What the figure is held against: a program that was run in turns with it, or a number.
  var reference: String
  var rounds: [Round] = []
  /// Why nothing was measured; nil where something was.
  var obstacle: String?

  /// The ratios of the rounds, the figure for one of the reference's. A machine that slows down for a while slows both.
  var ratios: Spread? { Spread(rounds.compactMap { $0.reference > 0 ? $0.figure / $0.reference : nil }) }
  var figure: Spread? { Spread(rounds.map(\.figure)) }
  var referenceFigure: Spread? { Spread(rounds.map(\.reference)) }

  var verdict: Verdict {
    guard let ratios else { return .unmeasured }
    return requirement.isMet(by: ratios.median) ? .met : .missed
  }
}

/// All budgets, as far as they were measured.
struct BudgetReport: Equatable, Sendable {
  var machine: BenchReport.Machine?
  var budgets: [Budget] = []
  /// Why the figures deserve less trust than usual.
  var warnings: [String] = []

  /// Adds rows, or their rounds to the rows of the same figure against the same reference.
  mutating func add(_ measured: [Budget]) {
    for row in measured {
      if let index = budgets.firstIndex(where: { $0.what == row.what && $0.reference == row.reference }) {
        budgets[index].rounds += row.rounds
        budgets[index].obstacle = budgets[index].obstacle ?? row.obstacle
      } else {
        budgets.append(row)
      }
    }
  }
}
