/// The customers as they were at one revision, while the store goes on: they are copied a few at a time in the order of
/// their slots, and one that changes before its turn is kept aside as it was.
///
/// Bounded by how many customers change while the copying lasts, some seconds; each is kept once.
struct FrozenCustomers {
  let revision: UInt64
  /// How many customers there were.
  let count: Int
  private(set) var nextSlot = 0
  private var displaced: [Slot: CustomerRecord] = [:]

  init(at revision: UInt64, count: Int) {
    self.revision = revision
    self.count = count
  }

  /// Has a customer kept that is about to change.
  mutating func willChange(_ slot: Slot, from customer: CustomerRecord) {
    guard slot >= nextSlot, slot < count, customer.revision <= revision else { return }
    displaced[slot] = customer
  }

  /// The next customers, at most so many; none when all were copied.
  mutating func next(_ limit: Int, of customers: borrowing SlabArray<CustomerRecord>) -> [CustomerRecord] {
    let end = min(count, nextSlot + limit)
    var copied: [CustomerRecord] = []
    copied.reserveCapacity(end - nextSlot)
    for index in nextSlot..<end {
      copied.append(displaced.removeValue(forKey: Slot(index)) ?? customers[index])
    }
    nextSlot = end
    return copied
  }
}
