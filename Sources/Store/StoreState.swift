internal import Lifecycle
internal import Wallet

/// All that the store knows, as a value without I/O: the customers, the ways to find them, who is barred, what was
/// answered, the counts. Records change it the same way when they are decided and when they are replayed.
struct StoreState: ~Copyable {
  private(set) var customers = SlabArray<CustomerRecord>()
  private var byID = SlotIndex()
  private var byWallet = SlotIndex()
  private var byExternalID = SlotIndex()
  /// Addresses of rejected customers, whatever the chain and the tenant.
  private(set) var barredAddresses: Set<EthereumAddress> = []
  /// Of each tenant, in the order of their first customers. Tenants are few, and neighbouring events mostly of one.
  private var tenants: [(name: String, statistics: Statistics)] = []
  private var lastTenant = 0
  private(set) var totals = Statistics()
  var idempotency = IdempotencyWindow()
  /// The revision of the newest event.
  private(set) var revision: UInt64 = 0
  /// The time of the newest record; the next is never earlier.
  private(set) var lastTime = Timestamp(microseconds: 0)
  /// Keys the digests of idempotency keys, which stay in memory: nobody can make two of them collide.
  private var keySeed: (UInt64, UInt64)
  let idempotencyWindow: Int64
  /// The customers that a snapshot is being made of.
  private var frozen: FrozenCustomers?
  /// How many customers the snapshot is to hold that is being restored.
  private(set) var restoredCount: Int?

  /// - Parameter idempotencyWindow: how long an answer is remembered, in microseconds.
  init(idempotencyWindow: Int64) {
    var generator = SystemRandomNumberGenerator()
    keySeed = (generator.next(), generator.next())
    self.idempotencyWindow = idempotencyWindow
  }

  // MARK: - Finding

  subscript(slot: Slot) -> CustomerRecord {
    _read { yield customers[Int(slot)] }
  }

  func slot(of id: CustomerID) -> Slot? {
    byID.find(hash: Self.hash(id)) { customers[Int($0)].id == id }
  }

  func slot(ofWallet account: WalletAccount, tenant: String) -> Slot? {
    slot(ofWallet: account, tenant: tenant, hash: Self.hash(account, tenant))
  }

  private func slot(ofWallet account: WalletAccount, tenant: String, hash: UInt64) -> Slot? {
    byWallet.find(hash: hash) { customers[Int($0)].account == account && customers[Int($0)].tenant == tenant }
  }

  func slot(ofExternalID externalID: String, tenant: String) -> Slot? {
    slot(ofExternalID: externalID, tenant: tenant, hash: Self.hash(externalID, tenant))
  }

  private func slot(ofExternalID externalID: String, tenant: String, hash: UInt64) -> Slot? {
    byExternalID.find(hash: hash) {
      // Byte for byte: `==` on strings takes canonically equivalent ones for one.
      customers[Int($0)].externalID.utf8.elementsEqual(externalID.utf8) && customers[Int($0)].tenant == tenant
    }
  }

  /// Who has a new customer's wallet and external id already, with the hashes under which the customer will be found.
  func occupants(of account: WalletAccount, _ externalID: String, tenant: String) -> (
    wallet: Slot?, externalID: Slot?, hashes: KeyHashes
  ) {
    let hashes = KeyHashes(wallet: Self.hash(account, tenant), externalID: Self.hash(externalID, tenant))
    return (
      slot(ofWallet: account, tenant: tenant, hash: hashes.wallet),
      slot(ofExternalID: externalID, tenant: tenant, hash: hashes.externalID), hashes
    )
  }

  /// The hashes of the keys that a customer's tenant chose.
  struct KeyHashes {
    var wallet: UInt64
    var externalID: UInt64
  }

  // MARK: - Changing

  /// Takes a record in: the customer as it is after the event, and what the call behind it was answered.
  ///
  /// - Parameter hashes: of a new customer's keys, where they are known already.
  /// - Returns: the customer's slot; nil for a note.
  @discardableResult
  mutating func take(
    _ record: borrowing JournalRecord,
    hashes: KeyHashes? = nil
  ) throws(StoreStateError) -> Slot? {
    lastTime = max(lastTime, record.at)
    guard let customer = record.customer else {
      // A note that names no customer of ours is of no use, and of no harm.
      if let call = record.idempotency, let slot = slot(of: record.subject) { remember(call, of: record, on: slot) }
      return nil
    }
    guard record.revision == revision + 1 else {
      throw .revisionOutOfOrder(expected: revision + 1, found: record.revision)
    }
    let slot: Slot
    var hadAttention = false
    if record.previousRevision == 0 {
      guard record.from == nil else { throw .historyBroken(revision: record.revision) }
      slot = try insert(customer, hashes)
    } else {
      guard let found = self.slot(of: customer.id), customers[Int(found)].revision == record.previousRevision,
        customers[Int(found)].standing.state == record.from
      else { throw .historyBroken(revision: record.revision) }
      slot = found
      hadAttention = customers[Int(slot)].standing.attention != .none
      frozen?.willChange(slot, from: customers[Int(slot)])
      customers[Int(slot)] = customer
    }
    if let call = record.idempotency { remember(call, of: record, on: slot) }
    revision = record.revision
    let state = customer.standing.state
    if state == .rejected { barredAddresses.insert(customer.account.address) }
    let hasAttention = customer.standing.attention != .none
    totals.count(from: record.from, to: state, hadAttention: hadAttention, hasAttention: hasAttention)
    tenants[index(ofTenant: customer.tenant)].statistics
      .count(from: record.from, to: state, hadAttention: hadAttention, hasAttention: hasAttention)
    return slot
  }

  /// The counts of one tenant's customers.
  func statistics(of tenant: String) -> Statistics {
    tenants.first { $0.name == tenant }?.statistics ?? Statistics()
  }

  private mutating func index(ofTenant tenant: String) -> Int {
    if lastTenant < tenants.count && tenants[lastTenant].name == tenant { return lastTenant }
    if let index = tenants.firstIndex(where: { $0.name == tenant }) {
      lastTenant = index
    } else {
      lastTenant = tenants.count
      tenants.append((tenant, Statistics()))
    }
    return lastTenant
  }

  private mutating func insert(_ customer: CustomerRecord, _ known: KeyHashes?) throws(StoreStateError) -> Slot {
    guard slot(of: customer.id) == nil, customers.count < Int(Slot.max) else {
      throw .historyBroken(revision: customer.revision)
    }
    let slot = Slot(customers.count)
    customers.append(customer)
    byID.insert(hash: Self.hash(customer.id), slot: slot)
    byWallet.insert(hash: known?.wallet ?? Self.hash(customer.account, customer.tenant), slot: slot)
    byExternalID.insert(hash: known?.externalID ?? Self.hash(customer.externalID, customer.tenant), slot: slot)
    return slot
  }

  // MARK: - Answers to repeat

  /// Stands for a principal's key.
  func digest(ofKey key: String, principal: String) -> SipHash.Digest {
    var hash = SipHash(key: keySeed)
    hash.update(principal.utf8)
    hash.update(0)
    hash.update(key.utf8)
    return hash.finish()
  }

  /// Stands for a request. The digest is kept in the journal, so its key is fixed; whoever makes two of their own
  /// requests collide gets the answer to the one for the other, and nothing that is not theirs.
  static func digest(ofMethod method: String, request: UnsafeRawBufferPointer) -> RequestDigest {
    var hash = SipHash(key: (0, 0))
    hash.update(method.utf8)
    hash.update(0)
    hash.update(request)
    let digest = hash.finish()
    return RequestDigest(low: digest.low, high: digest.high)
  }

  private mutating func remember(_ call: AnsweredCall, of record: borrowing JournalRecord, on slot: Slot) {
    idempotency.forget(lapsedBy: record.at)
    idempotency.remember(
      IdempotencyWindow.Entry(
        digest: call.digest,
        revision: record.revision == 0 ? call.answeredRevision : record.revision,
        form: call.form,
        refusal: call.refusal,
        slot: slot,
        lapsesAt: record.at.advanced(byMicroseconds: idempotencyWindow)
      ),
      under: digest(ofKey: call.key, principal: record.cause.principal)
    )
  }

  // MARK: - Snapshots

  /// Has the customers kept as they are, for ``nextFrozen(_:)`` to copy, and tells what a snapshot of now begins with.
  mutating func freeze() -> SnapshotHead {
    frozen = FrozenCustomers(at: revision, count: customers.count)
    return SnapshotHead(
      revision: revision, lastTime: lastTime, customerCount: customers.count, keySeed: keySeed, tenants: tenants)
  }

  /// The next customers as they were when they were frozen, at most so many; none when all were copied, or thawed.
  mutating func nextFrozen(_ limit: Int) -> [CustomerRecord] {
    frozen?.next(limit, of: customers) ?? []
  }

  /// Keeps nothing any more.
  mutating func thaw() {
    frozen = nil
  }

  /// Begins to take a snapshot in.
  mutating func begin(_ head: SnapshotHead) {
    revision = head.revision
    lastTime = head.lastTime
    keySeed = head.keySeed
    tenants = head.tenants
    totals = Statistics()
    for tenant in tenants { totals.add(tenant.statistics) }
    restoredCount = head.customerCount
  }

  /// Takes in the next customer of a snapshot; its counts are in the head.
  mutating func restore(_ customer: CustomerRecord) throws(StoreStateError) {
    guard customer.revision > 0, customer.revision <= revision else {
      throw .revisionOutOfOrder(expected: revision, found: customer.revision)
    }
    _ = try insert(customer, nil)
    if customer.standing.state == .rejected { barredAddresses.insert(customer.account.address) }
  }

  // MARK: - Hashes

  /// Ids are made by the server, and random: they need no seed. The low word holds 62 random bits below the variant.
  private static func hash(_ id: CustomerID) -> UInt64 { id.low &* 0x9e37_79b9_7f4a_7c15 }

  private static func hash(_ account: WalletAccount, _ tenant: String) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(account)
    hasher.combine(tenant)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  private static func hash(_ externalID: String, _ tenant: String) -> UInt64 {
    var hasher = Hasher()
    var externalID = externalID
    externalID.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(tenant)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

/// Why a record does not fit what came before it.
enum StoreStateError: Error, Equatable {
  case revisionOutOfOrder(expected: UInt64, found: UInt64)
  case historyBroken(revision: UInt64)
}
