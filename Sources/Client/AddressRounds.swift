/// Which address is tried next, and when to wait: after each round over all of them. A value without I/O.
struct AddressRounds: Sendable {
  enum Step: Equatable {
    case dial(String)
    /// Every address was tried: wait so long, in nanoseconds, before the next round.
    case pause(UInt64)
  }

  let addresses: [String]
  private let settings: ClientSettings
  private var next = 0
  private var triedInRound = 0
  private var backoff: Backoff

  /// - Parameter addresses: at least one.
  init(_ addresses: [String], _ settings: ClientSettings) {
    self.addresses = addresses
    self.settings = settings
    // Before the second round there is a wait: an attempt has failed.
    backoff = Backoff(settings, failures: 1)
  }

  mutating func step(using random: inout some RandomNumberGenerator) -> Step {
    guard triedInRound >= addresses.count else { return .dial(addresses[next % addresses.count]) }
    triedInRound = 0
    return .pause(backoff.pause(using: &random))
  }

  /// The address did not take the connection.
  mutating func hasFailed() {
    next = (next + 1) % addresses.count
    triedInRound += 1
  }

  /// A connection is there, or nobody waits for one any more.
  mutating func rest() {
    triedInRound = 0
    backoff = Backoff(settings, failures: 1)
  }

  /// The connection takes no more calls: another address is tried first.
  mutating func hasLost() {
    next = (next + 1) % addresses.count
  }
}
