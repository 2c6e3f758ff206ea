/// Where a customer stands, with all that the state carries: the lifecycle's part of a customer.
///
/// A server keeps one for each customer in memory. Reviews are boxed, so that the common states stay small; a proof is
/// not, so that taking a customer in allocates nothing here.
public enum Standing: Hashable, Sendable {
  /// Waits for the wallet's signature.
  case initiating(Proof)
  /// Waits for the screening.
  indirect case screening(Review)
  /// Waits for the identity verification.
  indirect case verifying(Review)
  /// May use the services.
  case active(Monitoring = Monitoring())
  /// On hold. At least one hold, in the order of their placing, at most one of each kind.
  case inactive([Hold], Monitoring = Monitoring())
  /// Refused for good, with the public reason.
  case rejected(reason: String)

  /// The state.
  public var state: State {
    switch self {
    case .initiating: .initiating
    case .screening: .screening
    case .verifying: .verifying
    case .active: .active
    case .inactive: .inactive
    case .rejected: .rejected
    }
  }

  /// The open holds, in the order of their placing; empty unless INACTIVE.
  public var holds: [Hold] {
    guard case .inactive(let holds, _) = self else { return [] }
    return holds
  }

  /// A customer who was taken in: ACTIVE without holds, INACTIVE with some.
  static func takenIn(_ holds: [Hold], _ monitoring: Monitoring) -> Standing {
    holds.isEmpty ? .active(monitoring) : .inactive(holds, monitoring)
  }

  /// The review by a third party that is open; nil where there is none.
  public var review: Review? {
    switch self {
    case .screening(let review), .verifying(let review): review
    case .active(let monitoring), .inactive(_, let monitoring): monitoring.review
    case .initiating, .rejected: nil
    }
  }

  /// Whether a review is open: ``review`` without looking at it.
  public var isReviewed: Bool {
    switch self {
    case .screening, .verifying: true
    case .active(let monitoring), .inactive(_, let monitoring): monitoring.isReviewed
    case .initiating, .rejected: false
    }
  }

  /// The kinds of the open holds.
  public var holdKinds: HoldKinds {
    var kinds: HoldKinds = []
    for hold in holds { kinds.insert(hold.kind) }
    return kinds
  }

  /// The public reason of the newest open hold or of the rejection; empty in all other states.
  public var reason: String {
    switch self {
    case .initiating, .screening, .verifying, .active: ""
    case .inactive(let holds, _): holds.last?.reason ?? ""
    case .rejected(let reason): reason
    }
  }
}
