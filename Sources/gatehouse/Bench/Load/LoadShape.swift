/// How hard a server is asked, and for how long.
struct LoadShape: Equatable, Sendable {
  /// How long calls of a fast open loop are gathered, in nanoseconds. At 20,000 calls a second on each of 50
  /// connections, sending what is due at once took the driver 0.8 of a processor, which the server on the same machine
  /// did not have: it kept half of its throughput under overload, and keeps all of it when they are gathered.
  static let gatheringTime: UInt64 = 1_000_000
  /// How many calls each connection has to have due within that time for them to be gathered. With fewer there is
  /// little to be saved by the delay.
  static let gatheredCalls = 4.0

  /// What ends the measurement.
  enum Extent: Equatable, Sendable {
    /// In nanoseconds.
    case time(UInt64)
    /// So many calls.
    case count(UInt64)
  }

  /// What becomes of a call that is due while every lane waits for an answer; in an open loop only.
  enum Excess: Equatable, Sendable {
    /// It is sent when an answer has come, and counted from when it was due.
    case waits
    /// It is never sent, and counted as ``LoadFailure/notSent``.
    case isDropped
  }

  var connections = 1
  /// Lanes of each connection: calls that wait for their answers at the same time.
  var inFlight = 1
  /// Calls a second that are due, over all connections; nil in a closed loop, where an answer is what lets the next
  /// call go.
  var rate: Double?
  var excess = Excess.waits
  /// What is sent in the first so many nanoseconds does not count.
  var warmUp: UInt64 = 0
  var extent = Extent.time(1_000_000_000)
  /// Whether each call has a connection of its own, and is counted from when that is asked for.
  var reconnects = false

  var lanes: Int { connections * inFlight }

  /// How long calls that are due are gathered before they are sent, in nanoseconds. They count from when they were due.
  var gathering: UInt64 {
    let due = (rate ?? 0) * Double(Self.gatheringTime) / 1e9
    guard due >= Self.gatheredCalls * Double(connections) else { return 0 }
    return Self.gatheringTime
  }

  /// When a measurement ends that begins at a time, in nanoseconds, where that is known.
  func end(of beginning: UInt64) -> UInt64 {
    guard case .time(let duration) = extent else { return .max }
    return beginning &+ duration
  }

  /// What counts: things begun while it is measured, or things ended; see ``LoadTally``.
  var countsByBegin: Bool {
    if case .count = extent { return true }
    return rate != nil
  }
}

/// Failures that no server has told of, named like its reasons.
enum LoadFailure {
  /// No lane was free when the call was due.
  static let notSent = "NOT_SENT"
  /// No answer came until the end, nor within the time that is waited for after it.
  static let unanswered = "UNANSWERED"
  /// There was no connection to be had for the call.
  static let notConnected = "NOT_CONNECTED"
  /// The server answered with success, and with what cannot be gone on with.
  static let unreadable = "UNREADABLE"
  /// The connection ended before the answer.
  static let connectionLost = "CONNECTION_LOST"
}
