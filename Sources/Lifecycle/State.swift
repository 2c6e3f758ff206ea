/// Where a customer stands. Raw values are the numbers of `gatehouse.v1.CustomerState`.
@frozen
public enum State: UInt8, CaseIterable, Sendable {
  /// Created; has yet to prove by a signed challenge that the wallet is theirs.
  case initiating = 1
  /// The wallet is being screened.
  case screening = 2
  /// The person is being identified.
  case verifying = 3
  /// May use the services.
  case active = 4
  /// On hold: at least one hold is open.
  case inactive = 5
  /// Refused for good. Final.
  case rejected = 6

  /// The name on the wire without its prefix, such as `INITIATING`.
  public var name: String {
    switch self {
    case .initiating: "INITIATING"
    case .screening: "SCREENING"
    case .verifying: "VERIFYING"
    case .active: "ACTIVE"
    case .inactive: "INACTIVE"
    case .rejected: "REJECTED"
    }
  }
}

/// A set of states.
public typealias States = EnumSet<State>
