/// The customers as they were at one revision, while the store goes on: they are copied a few at a time in the order of
/// their slots, and one that changes before its turn is kept aside as it was, once.
///
/// Bounded by how many customers change while the copying lasts, and by the limit that it was made with: beyond that
/// nothing is kept any more.
struct FrozenCustomers {
  let revision: UInt64
  /// How many customers there were.
  let count: Int
  private let limit: Int
  private var nextSlot = 0
  /// nil when there were more than the limit.
  private var displaced: [Slot: CustomerRecord]? = [:]

  /// - Parameter limit: how many customers are kept aside at the most.
  init(at revision: UInt64, count: Int, limit: Int) {
    self.revision = revision
    self.count = count
    self.limit = limit
  }

  /// Has a customer kept that is about to change.
  mutating func willChange(_ slot: Slot, from customer: CustomerRecord) {
    guard slot >= nextSlot, slot < count, customer.revision <= revision else { return }
    displaced?[slot] = customer
    if let kept = displaced?.count, kept > limit { displaced = nil }
  }

  /// The next customers, at most so many; none when all were copied.
  ///
  /// - Returns: nil when they are no longer known.
  mutating func next(_ limit: Int, of customers: borrowing SlabArray<CustomerRecord>) -> [CustomerRecord]? {
    guard displaced != nil else { return nil }
    let end = min(count, nextSlot + limit)
    var copied: [CustomerRecord] = []
    copied.reserveCapacity(end - nextSlot)
    for index in nextSlot..<end {
      copied.append(displaced?.removeValue(forKey: Slot(index)) ?? customers[index])
    }
    nextSlot = end
    return copied
  }
}

/// Names a view of the customers at one revision, until it is thawed.
public struct FrozenView: Hashable, Sendable {
  fileprivate var number: UInt64
}

/// The views that there are: of the snapshot being made, and of watchers that begin with one.
struct FrozenViews {
  /// Views of watchers: each change looks at every view, so they are few.
  static let limit = 16

  private var views: [(view: FrozenView, customers: FrozenCustomers)] = []
  private var made: UInt64 = 0

  /// Whether a watcher may have another one.
  var hasRoom: Bool { views.count < Self.limit }

  mutating func add(_ customers: FrozenCustomers) -> FrozenView {
    made += 1
    let view = FrozenView(number: made)
    views.append((view, customers))
    return view
  }

  mutating func remove(_ view: FrozenView) { views.removeAll { $0.view == view } }

  mutating func willChange(_ slot: Slot, from customer: CustomerRecord) {
    for index in views.indices { views[index].customers.willChange(slot, from: customer) }
  }

  /// See ``FrozenCustomers/next(_:of:)``; nil also when there is no such view.
  mutating func next(
    _ limit: Int, of view: FrozenView, _ customers: borrowing SlabArray<CustomerRecord>
  ) -> [CustomerRecord]? {
    guard let index = views.firstIndex(where: { $0.view == view }) else { return nil }
    return views[index].customers.next(limit, of: customers)
  }
}
