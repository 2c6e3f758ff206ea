/// The point of a sweep from which on more load buys more waiting than throughput.
enum Knee {
  /// The load at which throughput divided by latency is greatest: Kleinrock's "power". Below it the server is not made
  /// use of, above it calls queue.
  ///
  /// - Parameter results: of one scenario under different loads.
  /// - Returns: its place in `results`; nil where there are fewer than three loads to tell a curve from.
  static func find(_ results: [ScenarioResult]) -> Int? {
    let powers = results.map { result -> Double? in
      let latency = result.latency
      guard latency.count > 0, latency.mean > 0, let rate = result.value(.rate) else { return nil }
      return rate / latency.mean
    }
    guard powers.compactMap(\.self).count >= 3 else { return nil }
    return powers.indices.max { (powers[$0] ?? 0) < (powers[$1] ?? 0) }
  }

  /// A sentence that names it.
  static func sentence(_ results: [ScenarioResult]) -> String? {
    guard let index = find(results) else { return nil }
    let knee = results[index]
    let latency = knee.latency
    let place = index == 0 ? "at or below" : index == results.count - 1 ? "at or above" : "at"
    return "The knee of \(knee.title) is \(place) \(knee.loadText): \(FigureText.number(knee.value(.rate) ?? 0)) "
      + "\(knee.things) a second, \(FigureText.duration(nanoseconds: Double(latency.percentile(50)))) in the middle, "
      + "\(FigureText.duration(nanoseconds: Double(latency.percentile(99)))) at p99."
  }
}
