/// A scenario that loads a server: what it is called, how hard it asks unless told otherwise, and how it is measured.
struct LoadScenario: Sendable {
  /// Measures one load; more than one result where there is more than one thing to tell apart.
  typealias Measurement =
    @Sendable (BenchSession, LoadShape, LoadSettings) throws(CommandFailure) -> [ScenarioResult]

  /// What bounds a scenario.
  enum Floor: Sendable {
    case none
    /// A round trip.
    case echo
    /// A round trip, and a flush.
    case durableEcho
    /// The check of a signature.
    case signatures
    /// What goes to as many sockets as there are watchers.
    case fanOut
    /// Connecting, a round trip, and closing.
    case connections
  }

  let name: String
  /// What it does, in one line without a full stop.
  let summary: String
  let discussion: String
  var connections: Int
  var inFlight: Int
  /// Calls a second; nil for a closed loop.
  var rate: Double?
  /// What the machine does at best for each of its things.
  var floor = Floor.none
  /// What it takes beyond what all take.
  var flags: [Flag] = []
  let measure: Measurement

  static let all = [create, onboard, get, mixed, watch, connect, overload]

  static let create = LoadScenario(
    name: "create", summary: "measures durable CreateCustomer",
    discussion: "Each call takes a customer in, and is answered when that is on the disk.",
    connections: 50, inFlight: 64, floor: .durableEcho
  ) { session, shape, settings throws(CommandFailure) in
    let customers = CustomerNumber(seed: settings.seed)
    let result = ScenarioResult(name: "create", runs: [])
    return [
      try session.measure(result, shape, settings) {
        let first = session.newCustomers()
        return { thread, threads in
          CreateWorkload(customers, first: first + UInt64(thread), stride: UInt64(threads))
        }
      }
    ]
  }

  static let get = LoadScenario(
    name: "get", summary: "measures GetCustomer by external id",
    discussion: "Looks customers up that were taken in before, in scattered order.",
    connections: 50, inFlight: 64, floor: .echo, flags: [LoadFlags.population.flag]
  ) { session, shape, settings throws(CommandFailure) in
    try session.populate(settings)
    let customers = CustomerNumber(seed: settings.seed)
    let result = ScenarioResult(name: "get", parameters: settings.parameters, runs: [])
    return [
      try session.measure(result, shape, settings) {
        let seed = session.newCustomers()
        return { thread, _ in
          GetWorkload(customers, population: settings.population, seed: seed + UInt64(thread))
        }
      }
    ]
  }

  static let onboard = LoadScenario(
    name: "onboard", summary: "measures whole lives, from CreateCustomer to ACTIVE, with real signatures",
    discussion: """
      Each customer is taken in, signs the challenge with a throw-away wallet, is screened, and verified by reports as \
      the third parties' adapters make them: five calls, one after the other. Counted are customers, the latency is \
      that of a whole life. Signing is the client's work.
      """,
    connections: 50, inFlight: 4, floor: .signatures
  ) { session, shape, settings throws(CommandFailure) in
    let customers = CustomerNumber(seed: settings.seed)
    let result = ScenarioResult(name: "onboard", things: "customers", runs: [])
    return [
      try session.measure(result, shape, settings) {
        let first = session.newCustomers()
        return { thread, threads in
          OnboardWorkload(
            customers, lanes: shape.lanes, first: first + UInt64(thread), stride: UInt64(threads), seed: settings.seed)
        }
      }
    ]
  }

  static let mixed = LoadScenario(
    name: "mixed", summary: "measures calls of several kinds at once",
    discussion: """
      Looks customers up that were taken in before (get, by external id), asks for their history and their challenge, \
      takes others in (create), and deactivates and activates 2,000 that were made ACTIVE before, in random order.
      """,
    connections: 50, inFlight: 16, floor: .echo, flags: [LoadFlags.population.flag, LoadFlags.shares.flag]
  ) { session, shape, settings throws(CommandFailure) in
    let identifiers = try session.populate(settings)
    let active = settings.shares.changeActive ? try session.populateActive(settings) : ActiveCustomers()
    let customers = CustomerNumber(seed: settings.seed)
    let result = ScenarioResult(name: "mixed", parameters: settings.parameters, runs: [])
    return [
      try session.measure(result, shape, settings) {
        let first = session.newCustomers()
        return { thread, threads in
          MixedWorkload(
            customers, identifiers, active, shares: settings.shares,
            lanes: shape.lanes, first: first, thread: thread, threads: threads)
        }
      }
    ]
  }

  static let connect = LoadScenario(
    name: "connect", summary: "measures connections that come and go",
    discussion: """
      Each call has a connection of its own: connect, Hello, one GetCustomer, close. Counted from when the connection \
      is asked for. --connections says how many are open at once.
      """,
    connections: 16, inFlight: 1, floor: .connections, flags: [LoadFlags.population.flag]
  ) { session, shape, settings throws(CommandFailure) in
    guard shape.inFlight == 1 else {
      throw CommandFailure(.usage, "there is one call on each connection: --in-flight is 1")
    }
    try session.populate(settings)
    let customers = CustomerNumber(seed: settings.seed)
    var shape = shape
    shape.reconnects = true
    let result = ScenarioResult(name: "connect", things: "connections", parameters: settings.parameters, runs: [])
    return [
      try session.measure(result, shape, settings) {
        let seed = session.newCustomers()
        return { thread, _ in
          GetWorkload(customers, population: settings.population, seed: seed + UInt64(thread))
        }
      }
    ]
  }
}

extension LoadSettings {
  /// What is not as usual in a scenario that looks customers up, and another run would have to have the same.
  fileprivate var parameters: [ScenarioResult.Parameter] {
    (population == Self.usualPopulation ? [] : [.init(name: "customers", value: "\(population)")])
      + (shares == .usual ? [] : [.init(name: "shares", value: shares.text)])
  }
}
