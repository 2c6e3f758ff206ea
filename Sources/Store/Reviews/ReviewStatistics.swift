public import Lifecycle

/// What third parties and people are waited for, of one tenant's customers or of all: true of one moment. Part of it
/// changes with the time alone.
public struct ReviewStatistics: Equatable, Sendable {
  /// What is known of the reviews of one kind.
  public struct Kind: Equatable, Sendable {
    public var kind: ReviewKind
    public var counts: ReviewCounts
    /// Since when the review is due that is due longest; nil when none is.
    public var longestDue: Timestamp?
    /// Since when the customer is in the kind's state who came first of those who are; nil when nobody is.
    public var oldestSince: Timestamp?
  }

  /// One for each kind.
  public var kinds: [Kind]
  /// How many customers a person has to look at for each reason; reasons without customers are left out.
  public var attention: [(reason: Attention, customers: UInt64)]

  public static func == (left: ReviewStatistics, right: ReviewStatistics) -> Bool {
    left.kinds == right.kinds && left.attention.elementsEqual(right.attention, by: ==)
  }
}

extension CustomerStore {
  /// What third parties and people are waited for now.
  ///
  /// - Parameter tenant: nil for all customers.
  public func reviewStatistics(tenant: String?) -> ReviewStatistics {
    ReviewStatistics(
      kinds: ReviewKind.allCases.map { kind in
        ReviewStatistics.Kind(
          kind: kind, counts: reviews.counts(kind, of: tenant), longestDue: reviews.longestDue(kind, of: tenant),
          oldestSince: reviews.oldest(kind, of: tenant).compactMap { state[$0].pending?.since }.min())
      },
      attention: Attention.allCases.compactMap { reason in
        let customers = reason == .none ? 0 : reviews.attention(reason, of: tenant)
        return customers == 0 ? nil : (reason, customers)
      })
  }
}
