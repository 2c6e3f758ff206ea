public import Lifecycle
internal import Synchronization

/// A review that was claimed, with the customer as it was then.
public struct LeasedReview: Sendable {
  public var kind: ReviewKind
  public var customer: CustomerRecord
  /// Stands for the lease.
  public var token: UInt64
  public var leaseExpiresAt: Timestamp
}

/// Somebody who wants reviews: given some once, or told that there are none.
public final class ReviewClaim: CommitGate.Waiter {
  public let kind: ReviewKind
  /// How many at the most; at least 1.
  let most: Int
  /// For how long, in milliseconds.
  let leaseMilliseconds: UInt32
  /// Whether to wait until there is one.
  let waits: Bool
  private let given = Mutex<[LeasedReview]>([])
  private let answer: @Sendable ([LeasedReview]) -> Void

  /// - Parameter answer: called once, unless the claim is withdrawn or refused; when what the reviews tell is durable.
  ///   On a thread that may not be held up.
  public init(
    _ kind: ReviewKind, most: Int, leaseMilliseconds: UInt32, waits: Bool,
    answer: @escaping @Sendable ([LeasedReview]) -> Void
  ) {
    self.kind = kind
    self.most = most
    self.leaseMilliseconds = leaseMilliseconds
    self.waits = waits
    self.answer = answer
  }

  func give(_ reviews: [LeasedReview]) { given.withLock { $0 = reviews } }

  public func committed() { answer(given.withLock { $0 }) }
}

/// Those who want reviews, in the order of their coming: at most ``limit`` of each kind.
struct ReviewClaims {
  /// How many wait at the most: more workers than any provider is served by.
  static let limit = 4096

  private var waiting = InlineArray<2, [ReviewClaim]>(repeating: [])
  /// Whether there are some who do not wait.
  private var hasImpatient = false

  /// Whether nobody wants any.
  var isEmpty: Bool { waiting[0].isEmpty && waiting[1].isEmpty }

  /// - Returns: whether there was room.
  mutating func add(_ claim: ReviewClaim) -> Bool {
    guard waiting[Self.index(claim.kind)].count < Self.limit else { return false }
    waiting[Self.index(claim.kind)].append(claim)
    if !claim.waits { hasImpatient = true }
    return true
  }

  /// - Returns: whether it was there.
  mutating func remove(_ claim: ReviewClaim) -> Bool {
    guard let place = waiting[Self.index(claim.kind)].firstIndex(where: { $0 === claim }) else { return false }
    waiting[Self.index(claim.kind)].remove(at: place)
    return true
  }

  /// Takes the first ones out while `isServed` serves them.
  mutating func serve(_ kind: ReviewKind, while isServed: (ReviewClaim) -> Bool) {
    let served = waiting[Self.index(kind)].prefix { isServed($0) }.count
    if served > 0 { waiting[Self.index(kind)].removeFirst(served) }
  }

  /// Takes those out who do not wait.
  mutating func takeImpatient() -> [ReviewClaim] {
    guard hasImpatient else { return [] }
    hasImpatient = false
    var taken: [ReviewClaim] = []
    for kind in waiting.indices {
      taken += waiting[kind].filter { !$0.waits }
      waiting[kind].removeAll { !$0.waits }
    }
    return taken
  }

  private static func index(_ kind: ReviewKind) -> Int { Int(kind.rawValue) - 1 }
}
