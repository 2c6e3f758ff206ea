internal import System

/// Measures computing that takes nanoseconds to microseconds, on the calling thread: so many times in a row that the
/// clock's own time does not count. Rates are of a second of processor time, which others on the machine do not
/// shorten; latencies are of the clock on the wall.
struct StepTimer: Sendable {
  /// Between two looks at the clock, as a power of two: a look takes about as long as a short step.
  private static let mostTimesInARow = 4096
  /// What the steps between two looks should take at least, in nanoseconds: a hundred times what a look takes.
  private static let leastInARow: UInt64 = 5000

  /// How long each repetition is, in nanoseconds.
  var nanoseconds: UInt64
  var repetitions: Int

  /// Runs `step` again and again, with a number that grows by one each time.
  ///
  /// - Parameters:
  ///   - bytes: that each step goes through, to be told as a rate; nil where that says nothing.
  ///   - step: returns something that depends on what it did, so that it is done.
  func measure(
    _ name: String, _ things: String, _ parameters: [ScenarioResult.Parameter], bytes: Int? = nil,
    _ step: (Int) -> Int
  ) -> ScenarioResult {
    let times = timesInARow(step)
    let runs = (0..<repetitions).map { _ in
      var run = ScenarioRun()
      let processor = ResourceUsage.processorTime()
      let began = MonotonicClock.now()
      var start = began
      repeat {
        Self.repeatStep(times, from: Int(run.count), step)
        let end = MonotonicClock.now()
        run.latency.record((end - start + UInt64(times) / 2) / UInt64(times), times: UInt64(times))
        run.count += UInt64(times)
        start = end
      } while start - began < nanoseconds
      run.clientProcessorMicroseconds = ResourceUsage.processorTime() - processor
      run.nanoseconds = UInt64(max(run.clientProcessorMicroseconds ?? 0, 1)) * 1000
      run.wireBytes = bytes.map { UInt64($0) * run.count }
      return run
    }
    return ScenarioResult(name: name, things: things, parameters: parameters, runs: runs)
  }

  private func timesInARow(_ step: (Int) -> Int) -> Int {
    var times = 1
    while times < Self.mostTimesInARow {
      let start = MonotonicClock.now()
      Self.repeatStep(times, from: 0, step)
      if MonotonicClock.now() - start >= Self.leastInARow { break }
      times *= 2
    }
    return times
  }

  private static func repeatStep(_ times: Int, from first: Int, _ step: (Int) -> Int) {
    var sum = 0
    for index in first..<first &+ times { sum &+= step(index) }
    keep(sum)
  }

  /// The optimizer cannot tell that the value is not needed.
  @inline(never)
  @_optimize(none)
  private static func keep(_ value: Int) {}
}
