internal import System

/// What the flags of a scenario ask for.
struct LoadSettings: Sendable {
  var connections: Int
  /// One row for each.
  var inFlight: [Int]
  /// Calls a second; one row for each. None: a closed loop.
  var rates: [Double] = []
  /// In nanoseconds.
  var warmUp: UInt64 = 500_000_000
  var extent = LoadShape.Extent.time(2_000_000_000)
  var repetitions = 3
  var seed: UInt64 = 1
  var threads = 1
  /// Customers that are there to be looked up.
  var population: UInt64 = 100_000

  init(connections: Int, inFlight: Int) {
    self.connections = connections
    self.inFlight = [inFlight]
  }

  /// - Parameters:
  ///   - connections: unless the flags say otherwise.
  ///   - inFlight: unless the flags say otherwise.
  init(_ arguments: Arguments, connections: Int, inFlight: Int) throws(CommandFailure) {
    self.init(connections: connections, inFlight: inFlight)
    if let given = try arguments.value(LoadFlags.connections) { self.connections = Int(given) }
    if let given = try arguments.value(LoadFlags.inFlight) { self.inFlight = given.map { Int($0) } }
    rates = (try arguments.value(LoadFlags.rate) ?? []).map { Double($0) }
    warmUp = UInt64(try arguments.required(LoadFlags.warmUp)) * 1000
    if let count = try arguments.value(LoadFlags.count) {
      extent = .count(count)
    } else {
      extent = .time(UInt64(try arguments.required(LoadFlags.duration)) * 1000)
    }
    repetitions = Int(try arguments.required(LoadFlags.repetitions))
    threads = Int(try arguments.required(LoadFlags.threads))
    let isForeign = arguments.given[LoadFlags.server.flag.name] != nil
    seed = try arguments.value(LoadFlags.seed) ?? (isForeign ? Self.newSeed : 1)
  }

  private static var newSeed: UInt64 {
    CustomerNumber.mix(UInt64(bitPattern: WallClock.now())) % CustomerNumber.seeds
  }

  /// The loads that are asked for, in the order of their rows.
  var shapes: [LoadShape] {
    inFlight.flatMap { inFlight in
      (rates.isEmpty ? [nil] : rates.map(Optional.init)).map { rate in
        var shape = LoadShape()
        shape.connections = connections
        shape.inFlight = inFlight
        shape.rate = rate
        shape.warmUp = warmUp
        shape.extent = extent
        return shape
      }
    }
  }
}
