internal import ByteText
internal import Confinement
internal import Lifecycle
internal import ProtobufWire
internal import System
internal import Wallet

// How customers are found and looked at.

extension StoreState {
  subscript(slot: Slot) -> CustomerRecord {
    _read { yield customers[Int(slot)] }
  }

  func slot(of id: CustomerID, probably probable: Slot? = nil) -> Slot? {
    indexes.slot(of: id, probably: probable, in: customers)
  }

  func slot(ofWallet account: WalletAccount, tenant: String) -> Slot? {
    slot(ofWallet: account, tenant: tenant, hash: keys.hash(account, tenant: keys.hash(ofTenant: tenant)))
  }

  func slot(ofExternalID externalID: InlineText, tenant: String) -> Slot? {
    externalID.withUTF8Bytes { bytes in
      let hash = keys.hash(externalID: bytes, tenant: keys.hash(ofTenant: tenant))
      return slot(ofExternalID: bytes, tenant: tenant, hash: hash)
    }
  }

  /// - Parameters:
  ///   - hash: of the wallet and the tenant.
  ///   - probable: a slot to look at first.
  func slot(ofWallet account: WalletAccount, tenant: String, hash: UInt64, probably probable: Slot? = nil) -> Slot? {
    indexes.slot(ofWallet: account, tenant: tenant, hash: hash, probably: probable, in: customers)
  }

  /// - Parameters:
  ///   - externalID: UTF-8.
  ///   - hash: of the external id and the tenant.
  ///   - probable: a slot to look at first.
  func slot(
    ofExternalID externalID: UnsafeRawBufferPointer, tenant: String, hash: UInt64, probably probable: Slot? = nil
  ) -> Slot? {
    indexes.slot(ofExternalID: externalID, tenant: tenant, hash: hash, probably: probable, in: customers)
  }

  /// Who has a new customer's wallet and external id already.
  ///
  /// - Parameter hashes: of the two.
  func occupants(
    of account: WalletAccount, _ externalID: borrowing InlineText, tenant: String, hashes: KeyHashes
  ) -> (wallet: Slot?, externalID: Slot?) {
    (
      indexes.slot(ofWallet: account, tenant: tenant, hash: hashes.wallet, in: customers),
      externalID.withUTF8Bytes {
        indexes.slot(ofExternalID: $0, tenant: tenant, hash: hashes.externalID, in: customers)
      }
    )
  }

  /// Hashes what a tenant chose.
  var keys: KeyHasher { indexes.keys }

  // MARK: - Memory that will be looked at

  /// Has the processor fetch what finding or adding this customer will need.
  func prefetch(_ id: CustomerID) { indexes.prefetch(id) }
  func prefetch(_ hashes: KeyHashes) { indexes.prefetch(hashes) }

  /// Has the processor fetch what showing the customers of these keys will look at, each thing of all of them before
  /// the next is looked at: their places in the indexes, then themselves. So the whole waits for memory about as long
  /// as one of them would alone.
  ///
  /// - Parameter place: that of each number below `count`.
  /// - Returns: the slot of the customer who probably has each.
  func prefetch(_ count: Int, _ place: (Int) -> CustomerKey.Place) -> [Slot?] {
    for number in 0..<count { indexes.prefetch(place(number)) }
    var found: [Slot?] = []
    found.reserveCapacity(count)
    for number in 0..<count {
      let slot = indexes.probableSlot(of: place(number))
      if let slot { customers.prefetch(Int(slot)) }
      found.append(slot)
    }
    return found
  }

  /// Lends the customer in a slot, without copying it.
  func lend<Result>(_ slot: Slot, _ body: (borrowing Lent<CustomerRecord>) -> Result) -> Result {
    customers.address(of: Int(slot)).lend(body)
  }
}
