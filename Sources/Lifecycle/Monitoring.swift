/// What is kept of the screenings of a customer who was taken in: when the wallet was clear last, and the screening
/// that is open. In a few words: nearly all customers of a server are ACTIVE, and for nearly all of them none is open.
public struct Monitoring: Hashable, Sendable {
  /// When a screening was clear last. The epoch where that is not known: logs of older versions do not tell.
  public var clearedAt: Timestamp
  /// The number of the last attempt of all screenings that have ended, so that those of the next are numbered on from
  /// there and a late report is never taken for one about them. 0 where that is not known.
  public var screenings: UInt32
  private var open: OpenReview

  /// The review, or none, in one word.
  private enum OpenReview: Hashable, Sendable {
    case none
    indirect case some(Review)
  }

  public init(
    clearedAt: Timestamp = Timestamp(microseconds: 0), screenings: UInt32 = 0, review: Review? = nil
  ) {
    self.clearedAt = clearedAt
    self.screenings = screenings
    open = review.map(OpenReview.some) ?? .none
  }

  /// The screening that is open; nil while none is.
  public var review: Review? {
    get {
      switch open {
      case .none: nil
      case .some(let review): review
      }
    }
    set { open = newValue.map(OpenReview.some) ?? .none }
  }

  /// Whether one is.
  public var isReviewed: Bool {
    switch open {
    case .none: false
    case .some: true
    }
  }

  /// Whether and why a person has to look.
  public var attention: Attention {
    switch open {
    case .none: .none
    case .some(let review): review.attention
    }
  }

  /// When the next screening is to be opened by itself; nil while one is open, and where the policy names no interval.
  public func rescreeningDueAt(under policy: Policy) -> Timestamp? {
    guard case .none = open, let interval = policy.rescreeningInterval else { return nil }
    return clearedAt.advanced(byMicroseconds: interval)
  }
}

extension Standing {
  /// When the wallet of a customer who was taken in is to be screened again; nil for all others, while a screening is
  /// open, and where the policy names no interval.
  public func rescreeningDueAt(under policy: Policy) -> Timestamp? {
    switch self {
    case .active(let monitoring), .inactive(_, let monitoring): monitoring.rescreeningDueAt(under: policy)
    case .initiating, .screening, .verifying, .rejected: nil
    }
  }
}
