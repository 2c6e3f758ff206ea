/// Why a person has to look at a customer. Raw values are the numbers of `gatehouse.v1.Attention`.
@frozen
public enum Attention: UInt8, CaseIterable, Sendable {
  /// Nobody has to.
  case none = 0
  /// Every attempt allowed was made without an outcome to act on.
  case attemptsExhausted = 1
  /// A screening was clear after an unconfirmed hit.
  case conflictingOutcomes = 2
  /// The state's deadline has passed.
  case deadlinePassed = 3

  /// The name on the wire without its prefix; empty for `none`.
  public var name: String {
    switch self {
    case .none: ""
    case .attemptsExhausted: "ATTEMPTS_EXHAUSTED"
    case .conflictingOutcomes: "CONFLICTING_OUTCOMES"
    case .deadlinePassed: "DEADLINE_PASSED"
    }
  }
}
