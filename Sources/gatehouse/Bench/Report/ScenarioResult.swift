/// A scenario as it was run: with what, how often, what came of it, and what bounds that.
struct ScenarioResult: Equatable, Sendable {
  /// What was asked of the server at a time.
  struct Load: Equatable, Sendable {
    var connections: Int
    /// Calls on each connection that wait for their answers at the same time.
    var inFlight: Int
    /// Calls a second that were meant to be sent; nil in a closed loop, where an answer is what lets the next call go.
    var rate: Double?
  }

  struct Parameter: Equatable, Sendable {
    /// As the flag is named: "watchers".
    var name: String
    var value: String
  }

  /// The scenario, as it is asked for: "create".
  var name: String
  /// What is counted, in the plural: "calls", "events", "checks".
  var things = "calls"
  /// Nil where nothing is sent.
  var load: Load?
  /// Everything else that another run would have to have the same.
  var parameters: [Parameter] = []
  /// Each repetition, in order.
  var runs: [ScenarioRun]
  var bounds: [Bound] = []

  /// Of all repetitions.
  var latency: Histogram {
    var all = Histogram()
    for run in runs { all.merge(run.latency) }
    return all
  }

  /// Failures of all repetitions, by reason.
  var errors: [String: UInt64] {
    runs.reduce(into: [:]) { $0.merge($1.errors, uniquingKeysWith: +) }
  }

  var count: UInt64 { runs.reduce(0) { $0 + $1.count } }
  var seconds: Double { runs.reduce(0) { $0 + $1.seconds } }

  /// One figure of each repetition; nil when no repetition has it.
  func spread(_ figure: (ScenarioRun) -> Double?) -> Spread? { Spread(runs.compactMap(figure)) }

  /// The figure of this scenario that a floor bounds; nil when there is none.
  func value(_ figure: Bound.Figure) -> Double? {
    switch figure {
    case .rate: spread { $0.rate }?.median
    case .p50:
      latency.count == 0 ? nil : Double(latency.percentile(50))
    }
  }

  /// The figure for one of the floor's: below 1 a rate falls short of it, above 1 a latency is longer. Nil when either
  /// is missing.
  func ratio(_ bound: Bound) -> Double? {
    guard let value = value(bound.figure), bound.floor.value > 0 else { return nil }
    return value / bound.floor.value
  }
}
