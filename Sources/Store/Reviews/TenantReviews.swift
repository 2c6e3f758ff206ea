internal import Lifecycle

/// How many reviews of one kind are in which phase.
public struct ReviewCounts: Equatable, Sendable {
  /// Due, and claimed by nobody.
  public var due: UInt64 = 0
  /// Held by a worker.
  public var leased: UInt64 = 0
  /// Not due yet.
  public var waiting: UInt64 = 0

  public init() {}

  mutating func add(_ other: ReviewCounts) {
    due += other.due
    leased += other.leased
    waiting += other.waiting
  }
}

/// The reviews of one tenant's customers.
struct TenantReviews {
  /// Those of one kind.
  struct Kind {
    /// Who is due, longest first.
    var due = LinkedNodes.List()
    /// Who is in the state that the kind belongs to, in the order of their coming.
    var ages = LinkedNodes.List()
    var counts = ReviewCounts()
    /// Whether the tenant is in the round of those of whom one is due.
    var isInRound = false
  }

  let name: String
  private var kinds = InlineArray<2, Kind>(repeating: Kind())
  /// Customers that a person has to look at, by the number of the reason.
  var attention = InlineArray<4, UInt64>(repeating: 0)

  init(name: String) {
    self.name = name
  }

  subscript(kind: ReviewKind) -> Kind {
    _read { yield kinds[Int(kind.rawValue) - 1] }
    _modify { yield &kinds[Int(kind.rawValue) - 1] }
  }
}

/// The tenants of whom somebody is due, in the order in which it is their turn.
struct TenantRound {
  private var tenants: [UInt32] = []
  private var head = 0

  var isEmpty: Bool { head == tenants.count }

  mutating func append(_ tenant: UInt32) { tenants.append(tenant) }

  mutating func next() -> UInt32? {
    guard head < tenants.count else { return nil }
    let tenant = tenants[head]
    head += 1
    // What is behind is let go when it is as much as what is ahead: the round stays as small as there are tenants.
    if head * 2 >= tenants.count {
      tenants.removeSubrange(..<head)
      head = 0
    }
    return tenant
  }
}
