internal import System

/// Which floors a scenario's figures are to be held against, and with what sizes.
struct FloorPlan: Equatable, Sendable {
  /// Bytes of a call's frame and of its answer's, lengths included; at least 1.
  var requestBytes: Int
  var replyBytes: Int
  /// Bytes that a call adds to the log; nil where it changes nothing.
  var logBytes: Int?
  /// How long each floor is measured, in nanoseconds.
  var nanoseconds: UInt64 = 500_000_000

  /// Measures them, and says which bounds which figure at this load.
  ///
  /// A rate is bounded by the echo's rate, and that of a durable call also by the disk: all calls in flight in one
  /// block, block after block. The latency of one call at a time is bounded by one round trip, and one flush if it is
  /// durable; with more in flight, calls wait for each other, and the rate says it all.
  ///
  /// - Parameters:
  ///   - directory: on the file system that the log is on; nil leaves the disk out, where the server is another's.
  func bounds(at load: ScenarioResult.Load, in directory: String?) throws(SystemError) -> [Bound] {
    let echo = try EchoFloor.measure(
      load, requestBytes: requestBytes, replyBytes: replyBytes, nanoseconds: nanoseconds)
    let calls = load.connections * load.inFlight
    var bounds = [Bound(figure: .rate, floor: Floor(name: "bare echo, \(load.text)", measure: .rate, value: echo.rate))]
    var latency = Double(echo.latency.percentile(50))
    var name = "one round trip"
    if let logBytes, let directory {
      let size = FlushFloor.blockBytes(holding: calls * logBytes)
      let flush = Double(
        try FlushFloor.measure(in: directory, sizes: [size], nanoseconds: nanoseconds)[0].percentile(50))
      let disk = Floor(
        name: "flush of \(ByteText.short(size)), \(calls) calls in each", measure: .rate,
        value: Double(calls) / flush * 1e9)
      bounds.append(Bound(figure: .rate, floor: disk))
      latency += flush
      name += " and one flush of \(ByteText.short(size))"
    }
    if calls == 1 { bounds.append(Bound(figure: .p50, floor: Floor(name: name, measure: .latency, value: latency))) }
    return bounds
  }
}

extension FloorPlan {
  /// All that there is to tell of the machine itself: at one call at a time and at this load, the rates and the
  /// latencies of flushes and of round trips.
  func floors(at load: ScenarioResult.Load, in directory: String) throws(SystemError) -> [Floor] {
    let calls = load.connections * load.inFlight
    let sizes = [1, load.connections, calls].map { FlushFloor.blockBytes(holding: $0 * (logBytes ?? 0)) }
    var floors: [Floor] = []
    let distinct = sizes.enumerated().filter { !sizes[..<$0].contains($1) }.map(\.element)
    let flushes = try FlushFloor.measure(in: directory, sizes: distinct, nanoseconds: nanoseconds)
    for (size, flush) in zip(distinct, flushes) {
      let name = "flush of \(ByteText.short(size))"
      floors.append(Floor(name: name, measure: .latency, value: Double(flush.percentile(50))))
      floors.append(Floor(name: name, measure: .rate, value: 1e9 / max(flush.mean, 1)))
    }
    let one = ScenarioResult.Load(connections: 1, inFlight: 1)
    for load in one == load ? [one] : [one, load] {
      let echo = try EchoFloor.measure(
        load, requestBytes: requestBytes, replyBytes: replyBytes, nanoseconds: nanoseconds)
      let name = "bare echo, \(load.text)"
      floors.append(Floor(name: name, measure: .latency, value: Double(echo.latency.percentile(50))))
      floors.append(Floor(name: name, measure: .rate, value: echo.rate))
    }
    return floors
  }
}

extension ScenarioResult.Load {
  /// "50 x 64".
  var text: String { "\(connections) x \(inFlight)" }
}
