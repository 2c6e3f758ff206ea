internal import Lifecycle
internal import Wallet

/// All that the store knows, as a value without I/O: the customers, the ways to find them, who is barred, what was
/// answered, the counts. Records change it the same way when they are decided and when they are replayed.
struct StoreState: ~Copyable {
  private(set) var customers = SlabArray<CustomerRecord>()
  private var byID = SlotIndex()
  private var byWallet = SlotIndex()
  private var byExternalID = SlotIndex()
  /// The newest customer of a replay, not yet found by wallet and external id: see ``replay(_:)``.
  private var unindexed: (slot: Slot, hashes: KeyHashes)?
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
  private let keySeed: (UInt64, UInt64)
  private let idempotencyWindow: Int64

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
    precondition(unindexed == nil, "the replay has not ended")
    return byWallet.find(hash: hash) { customers[Int($0)].account == account && customers[Int($0)].tenant == tenant }
  }

  func slot(ofExternalID externalID: String, tenant: String) -> Slot? {
    slot(ofExternalID: externalID, tenant: tenant, hash: Self.hash(externalID, tenant))
  }

  private func slot(ofExternalID externalID: String, tenant: String, hash: UInt64) -> Slot? {
    precondition(unindexed == nil, "the replay has not ended")
    return byExternalID.find(hash: hash) {
      // Byte for byte: `==` on strings takes canonically equivalent ones for one.
      customers[Int($0)].externalID.utf8.elementsEqual(externalID.utf8) && customers[Int($0)].tenant == tenant
    }
  }

  /// Who has a new customer's wallet and external id already, with the hashes under which the customer will be found.
  func occupants(of account: WalletAccount, _ externalID: String, tenant: String) -> (
    wallet: Slot?, externalID: Slot?, hashes: KeyHashes
  ) {
    let hashes = Self.hashes(account, externalID, tenant)
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
    if let call = record.idempotency { remember(call, of: record) }
    lastTime = max(lastTime, record.at)
    guard let customer = record.customer else { return nil }
    let event = Event(revision: record.revision, previousRevision: record.previousRevision, from: record.from)
    let taken = try take(customer, after: event, hashes)
    if let hashes = taken.hashes { index(taken.slot, hashes) }
    return taken.slot
  }

  /// Takes a record in as a start does, which has millions of them. ``endReplay()`` has to follow before anybody is
  /// looked for by wallet or external id.
  ///
  /// What a record costs is the waiting for memory, for three indexes that are far larger than the processor's caches.
  /// So a new customer is entered into two of them only when the next one comes: until then the processor has fetched
  /// the places.
  mutating func replay(_ record: consuming JournalRecord) throws(StoreStateError) {
    if let call = record.idempotency { remember(call, of: record) }
    lastTime = max(lastTime, record.at)
    let event = Event(revision: record.revision, previousRevision: record.previousRevision, from: record.from)
    guard let customer = record.customer.take() else { return }
    let taken = try take(customer, after: event, nil)
    guard let hashes = taken.hashes else { return }
    byWallet.prefetch(hash: hashes.wallet)
    byExternalID.prefetch(hash: hashes.externalID)
    endReplay()
    unindexed = (taken.slot, hashes)
  }

  /// Has every customer found by all keys.
  mutating func endReplay() {
    guard let (slot, hashes) = unindexed.take() else { return }
    index(slot, hashes)
  }

  /// Has the processor fetch what finding this customer will need: see ``replay(_:)``.
  func prefetch(_ id: CustomerID) { byID.prefetch(hash: Self.hash(id)) }

  /// An event, without the customer.
  private struct Event {
    var revision: UInt64
    var previousRevision: UInt64
    var from: State?
  }

  /// - Returns: the customer's slot, and for a new customer the hashes under which ``index(_:_:)`` has it found.
  private mutating func take(
    _ customer: consuming CustomerRecord,
    after event: Event,
    _ known: KeyHashes?
  ) throws(StoreStateError) -> (slot: Slot, hashes: KeyHashes?) {
    guard event.revision == revision + 1 else {
      throw .revisionOutOfOrder(expected: revision + 1, found: event.revision)
    }
    let state = customer.standing.state
    let hasAttention = customer.standing.attention != .none
    let tenant = index(ofTenant: customer.tenant)
    let slot: Slot
    var hashes = known
    var hadAttention = false
    if event.previousRevision == 0 {
      guard event.from == nil else { throw .historyBroken(revision: event.revision) }
      if hashes == nil { hashes = Self.hashes(customer.account, customer.externalID, customer.tenant) }
      slot = try insert(customer)
    } else {
      guard let found = self.slot(of: customer.id), customers[Int(found)].revision == event.previousRevision,
        customers[Int(found)].standing.state == event.from
      else { throw .historyBroken(revision: event.revision) }
      slot = found
      hadAttention = customers[Int(slot)].standing.attention != .none
      if state == .rejected { barredAddresses.insert(customer.account.address) }
      customers[Int(slot)] = customer
      hashes = nil
    }
    revision = event.revision
    totals.count(from: event.from, to: state, hadAttention: hadAttention, hasAttention: hasAttention)
    tenants[tenant].statistics
      .count(from: event.from, to: state, hadAttention: hadAttention, hasAttention: hasAttention)
    return (slot, hashes)
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

  /// Appends a new customer, found by id from now on.
  private mutating func insert(_ customer: consuming CustomerRecord) throws(StoreStateError) -> Slot {
    let hash = Self.hash(customer.id)
    guard slot(of: customer.id) == nil, customers.count < Int(Slot.max) else {
      throw .historyBroken(revision: customer.revision)
    }
    if customer.standing.state == .rejected { barredAddresses.insert(customer.account.address) }
    let slot = Slot(customers.count)
    customers.append(customer)
    byID.insert(hash: hash, slot: slot)
    return slot
  }

  /// Has a new customer found by what its tenant chose.
  private mutating func index(_ slot: Slot, _ hashes: KeyHashes) {
    byWallet.insert(hash: hashes.wallet, slot: slot)
    byExternalID.insert(hash: hashes.externalID, slot: slot)
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

  private mutating func remember(_ call: AnsweredCall, of record: borrowing JournalRecord) {
    idempotency.forget(lapsedBy: record.at)
    idempotency.remember(
      IdempotencyWindow.Entry(
        digest: call.digest,
        revision: record.revision == 0 ? call.answeredRevision : record.revision,
        form: call.form,
        refusal: call.refusal,
        lapsesAt: record.at.advanced(byMicroseconds: idempotencyWindow)
      ),
      under: digest(ofKey: call.key, principal: record.cause.principal)
    )
  }

  // MARK: - Hashes

  /// Ids are made by the server, and random: they need no seed. The low word holds 62 random bits below the variant.
  private static func hash(_ id: CustomerID) -> UInt64 { id.low &* 0x9e37_79b9_7f4a_7c15 }

  private static func hashes(_ account: WalletAccount, _ externalID: String, _ tenant: String) -> KeyHashes {
    KeyHashes(wallet: hash(account, tenant), externalID: hash(externalID, tenant))
  }

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
