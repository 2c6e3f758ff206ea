internal import ByteText
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

/// The ways to find a customer: by id, and within a tenant by wallet and by external id. It holds no customers: who
/// looks one up lends them.
///
/// The indexes are far larger than the processor's caches, and what a start that enters millions of customers costs is
/// the waiting for memory. So whoever knows which customer is next has the place fetched ahead, and customers may be
/// entered under wallet and external id many at a time.
struct CustomerIndexes: ~Copyable {
  private var byID = SlotIndex()
  private var byWallet = SlotIndex()
  private var byExternalID = SlotIndex()
  /// Hashes what a tenant chose.
  let keys = KeyHasher()

  // MARK: - Finding

  // Each takes a slot to look at first, as ``probableSlot(of:)`` gives it, which mostly is the one.

  func slot(
    of id: CustomerID, probably probable: Slot? = nil, in customers: borrowing SlabArray<CustomerRecord>
  ) -> Slot? {
    if let probable, customers[Int(probable)].id == id { return probable }
    return byID.find(hash: CustomerKey.hash(id)) { customers[Int($0)].id == id }
  }

  func slot(
    ofWallet account: WalletAccount, tenant: String, hash: UInt64, probably probable: Slot? = nil,
    in customers: borrowing SlabArray<CustomerRecord>
  ) -> Slot? {
    precondition(!byWallet.hasWaiting, "the replay has not ended")
    @inline(__always)
    func matches(_ slot: Slot) -> Bool {
      customers[Int(slot)].account == account && customers[Int(slot)].tenant == tenant
    }
    if let probable, matches(probable) { return probable }
    return byWallet.find(hash: hash) { matches($0) }
  }

  func slot(
    ofExternalID externalID: UnsafeRawBufferPointer, tenant: String, hash: UInt64, probably probable: Slot? = nil,
    in customers: borrowing SlabArray<CustomerRecord>
  ) -> Slot? {
    precondition(!byExternalID.hasWaiting, "the replay has not ended")
    @inline(__always)
    func matches(_ slot: Slot) -> Bool {
      // Byte for byte: `==` on strings takes canonically equivalent ones for one.
      customers[Int(slot)].externalID.withUTF8Bytes { $0.isEqual(to: externalID) }
        && customers[Int(slot)].tenant == tenant
    }
    if let probable, matches(probable) { return probable }
    return byExternalID.find(hash: hash) { matches($0) }
  }

  // MARK: - Entering

  /// Has a new customer found by id. There is none of that id.
  mutating func add(_ id: CustomerID, _ slot: Slot) { byID.insert(hash: CustomerKey.hash(id), slot: slot) }

  /// Has a new customer found by what its tenant chose.
  mutating func add(_ hashes: KeyHashes, _ slot: Slot) {
    byWallet.insert(hash: hashes.wallet, slot: slot)
    byExternalID.insert(hash: hashes.externalID, slot: slot)
  }

  /// The same, but found only from ``addWaiting()`` on.
  mutating func addLater(_ hashes: KeyHashes, _ slot: Slot) {
    byWallet.insertLater(hash: hashes.wallet, slot: slot)
    byExternalID.insertLater(hash: hashes.externalID, slot: slot)
  }

  /// Enters those that were added for later.
  mutating func addWaiting() {
    byWallet.insertWaiting()
    byExternalID.insertWaiting()
  }

  /// Has the processor fetch what finding or adding this customer will need.
  func prefetch(_ id: CustomerID) { byID.prefetch(hash: CustomerKey.hash(id)) }

  /// The same for a customer under what its tenant chose.
  func prefetch(_ hashes: KeyHashes) {
    byWallet.prefetch(hash: hashes.wallet)
    byExternalID.prefetch(hash: hashes.externalID)
  }

  /// The slot of the customer who probably has a key: the first under its hash.
  func probableSlot(of place: CustomerKey.Place) -> Slot? {
    switch place.index {
    case .id: byID.find(hash: place.hash) { _ in true }
    case .wallet: byWallet.find(hash: place.hash) { _ in true }
    case .externalID: byExternalID.find(hash: place.hash) { _ in true }
    }
  }

  /// The same for finding a customer.
  func prefetch(_ place: CustomerKey.Place) {
    switch place.index {
    case .id: byID.prefetch(hash: place.hash)
    case .wallet: byWallet.prefetch(hash: place.hash)
    case .externalID: byExternalID.prefetch(hash: place.hash)
    }
  }

  /// Makes room for so many customers in all.
  mutating func reserve(_ count: Int) {
    byID.reserve(count)
    byWallet.reserve(count)
    byExternalID.reserve(count)
  }
}
