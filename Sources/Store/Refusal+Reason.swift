public import GatehouseAPI
public import Lifecycle

extension Refusal {
  /// The reason that the API gives for it, and that the journal keeps when something changed all the same.
  public var reason: GatehouseV1.Reason {
    switch self {
    case .illegalTransition: .illegalTransition
    case .onHold: .onHold
    case .holdKindNotAllowed: .holdKindNotAllowed
    case .roleNotAllowed: .roleNotAllowed
    case .signatureMismatch: .signatureMismatch
    case .challengeExpired: .challengeExpired
    case .challengeSuperseded: .challengeSuperseded
    case .tooManyAttempts: .tooManyAttempts
    }
  }
}
