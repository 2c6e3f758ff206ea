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
    return byID.find(hash: Self.hash(id)) { customers[Int($0)].id == id }
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
  mutating func add(_ id: CustomerID, _ slot: Slot) { byID.insert(hash: Self.hash(id), slot: slot) }

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
  func prefetch(_ id: CustomerID) { byID.prefetch(hash: Self.hash(id)) }

  /// The same for a customer under what its tenant chose.
  func prefetch(_ hashes: KeyHashes) {
    byWallet.prefetch(hash: hashes.wallet)
    byExternalID.prefetch(hash: hashes.externalID)
  }

  /// The slot of the customer who probably has a key: the first under its hash.
  func probableSlot(of key: CustomerKey) -> Slot? {
    switch key {
    case .id(let id): byID.find(hash: Self.hash(id)) { _ in true }
    case .wallet(_, let hash): byWallet.find(hash: hash) { _ in true }
    case .externalID(let hash): byExternalID.find(hash: hash) { _ in true }
    }
  }

  /// The same for finding a customer.
  func prefetch(_ key: CustomerKey) {
    switch key {
    case .id(let id): prefetch(id)
    case .wallet(_, let hash): byWallet.prefetch(hash: hash)
    case .externalID(let hash): byExternalID.prefetch(hash: hash)
    }
  }

  /// Makes room for so many customers in all.
  mutating func reserve(_ count: Int) {
    byID.reserve(count)
    byWallet.reserve(count)
    byExternalID.reserve(count)
  }

  // MARK: - Hashes

  /// Ids are made by the server, and random: they need no seed. The low word holds 62 random bits below the variant.
  private static func hash(_ id: CustomerID) -> UInt64 { id.low &* 0x9e37_79b9_7f4a_7c15 }
}
