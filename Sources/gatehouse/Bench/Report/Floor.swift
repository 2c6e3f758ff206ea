/// What the machine allows at best, measured beside what is compared with it.
struct Floor: Equatable, Sendable {
  enum Measure: String, Equatable, Sendable {
    /// Things a second: the more the better.
    case rate
    /// Nanoseconds: the less the better.
    case latency
  }

  /// What was done, with its size: "flush of 4 KiB by one writer".
  var name: String
  var measure: Measure
  var value: Double
}

/// A figure of a scenario beside the floor that bounds it.
struct Bound: Equatable, Sendable {
  enum Figure: String, Equatable, Sendable {
    /// Things a second, the median of the repetitions.
    case rate
    /// The median of all latencies, in nanoseconds.
    case p50
  }

  var figure: Figure
  var floor: Floor
}
