internal import System

/// What the flags of a scenario ask for.
struct LoadSettings: Sendable {
  static let usualPopulation: UInt64 = 100_000

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
  var population = usualPopulation
  /// Of the kinds of calls, where there are several.
  var shares = CallShares.usual
  /// How many get every event; one after the other.
  var watchers = [100]
  /// What is asked for in an overload, in percent of what the server can bear.
  var excess: UInt64 = 200

  /// What a scenario does unless told otherwise.
  init(_ scenario: LoadScenario) {
    connections = scenario.connections
    inFlight = [scenario.inFlight]
    rates = scenario.rate.map { [$0] } ?? []
  }

  /// What the flags of the scenario's command say.
  init(
    _ scenario: LoadScenario, _ arguments: Arguments, duration: Setting<Int64> = LoadFlags.duration
  ) throws(CommandFailure) {
    self.init(scenario)
    if let given = try arguments.value(LoadFlags.connections) { connections = Int(given) }
    if let given = try arguments.value(LoadFlags.inFlight) { inFlight = given.map { Int($0) } }
    if let given = try arguments.value(LoadFlags.rate) { rates = given.map { Double($0) } }
    warmUp = UInt64(try arguments.required(LoadFlags.warmUp)) * 1000
    if let count = try arguments.value(LoadFlags.count) {
      extent = .count(count)
    } else {
      extent = .time(UInt64(try arguments.required(duration)) * 1000)
    }
    repetitions = Int(try arguments.required(LoadFlags.repetitions))
    threads = try arguments.value(LoadFlags.threads).map { Int($0) } ?? threads
    let places = [LoadFlags.server.flag, LoadFlags.directory.flag]
    let mayHoldCustomers = places.contains { arguments.given[$0.name] != nil }
    seed = try arguments.value(LoadFlags.seed) ?? (mayHoldCustomers ? Self.newSeed : 1)
    population = try arguments.value(LoadFlags.population) ?? population
    shares = try arguments.value(LoadFlags.shares) ?? shares
    watchers = try arguments.value(LoadFlags.watchers).map { $0.map { Int($0) } } ?? watchers
    excess = try arguments.value(LoadFlags.excess) ?? excess
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
