internal import System

// What bounds a scenario, measured right behind it.

extension BenchSession {
  /// Measures a scenario under one load, and what bounds it.
  func run(
    _ scenario: LoadScenario, _ shape: LoadShape, _ settings: LoadSettings
  ) throws(CommandFailure) -> [ScenarioResult] {
    var results = try scenario.measure(self, shape, settings)
    guard scenario.floor != .none, !results.isEmpty, let load = results[0].load, let frames, !isInterrupted,
      subject.isHere
    else { return results }
    progress.begin("\(results[0].title), \(results[0].loadText), the floors")
    do throws(SystemError) {
      for index in results.indices where results[index].name == scenario.name {
        results[index].bounds = try bounds(of: results[index], scenario.floor, load, frames)
      }
    } catch {
      throw CommandFailure(.failure, "cannot measure the floors: \(error)")
    }
    progress.end()
    return results
  }

  /// In an open loop the rate is what was asked for, and only a latency has a floor.
  private func bounds(
    of result: ScenarioResult, _ floor: LoadScenario.Floor, _ load: ScenarioResult.Load, _ frames: LoadRun.Frames
  ) throws(SystemError) -> [Bound] {
    let log = floor == .durableEcho ? frames.log.map { max($0, 1) } : nil
    let plan = FloorPlan(requestBytes: max(frames.request, 1), replyBytes: max(frames.reply, 1), logBytes: log)
    switch floor {
    case .none: return []
    case .fanOut: return try fanOutBounds(of: result, plan)
    case _ where load.rate != nil: return []
    case .echo, .durableEcho: return try plan.bounds(at: load, in: subject.directory)
    case .signatures:
      let checks = SignatureBench().checks(StepTimer(nanoseconds: plan.nanoseconds, repetitions: 1))
      return [rateBound("signature checks of one core", checks.value(.rate) ?? 0)]
    case .connections:
      let rate = try ConnectFloor.measure(
        connections: load.connections, requestBytes: plan.requestBytes, replyBytes: plan.replyBytes,
        nanoseconds: plan.nanoseconds)
      return [rateBound("bare connections, \(load.connections) at once", rate)]
    }
  }

  private func rateBound(_ name: String, _ rate: Double) -> Bound {
    Bound(figure: .rate, floor: Floor(name: name, measure: .rate, value: rate))
  }

  /// Each event is bounded by its flush and by being sent to every watcher in turn.
  private func fanOutBounds(
    of result: ScenarioResult, _ plan: FloorPlan
  ) throws(SystemError) -> [Bound] {
    let watchers = result.parameters.first { $0.name == "watchers" }.flatMap { Int($0.value) } ?? 0
    let bytes = result.spread { $0.perThing($0.wireBytes) }?.median ?? 0
    guard watchers > 0, bytes >= 1 else { return [] }
    let bare = try FanOutFloor.measure(
      connections: watchers, messageBytes: Int(bytes), nanoseconds: plan.nanoseconds)
    var latency = Double(bare.latency.percentile(50))
    var name = "one event to \(watchers) sockets"
    if let directory = subject.directory {
      let size = FlushFloor.blockBytes(holding: 1)
      latency += Double(
        try FlushFloor.measure(in: directory, sizes: [size], nanoseconds: plan.nanoseconds)[0].percentile(50))
      name = "one flush, \(name)"
    }
    return [Bound(figure: .p50, floor: Floor(name: name, measure: .latency, value: latency))]
  }
}
