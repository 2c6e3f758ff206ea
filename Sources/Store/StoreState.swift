internal import Lifecycle
internal import ProtobufWire
internal import Wallet

/// All that the store knows, as a value without I/O: the customers, the ways to find them, who is barred, what was
/// answered, the counts. Records change it the same way when they are decided and when they are replayed.
struct StoreState: ~Copyable {
  private(set) var customers = SlabArray<CustomerRecord>()
  private(set) var indexes = CustomerIndexes()
  /// Addresses of rejected customers, whatever the chain and the tenant.
  private(set) var barredAddresses: Set<EthereumAddress> = []
  /// Of each tenant, in the order of their first customers. Tenants are few, and neighbouring events mostly of one.
  private var tenants: [(name: String, statistics: Statistics)] = []
  private var lastTenant = 0
  /// Its name, so that to compare it moves no statistics about, and the hash of that.
  private var lastTenantName: String?
  private var lastTenantHash: UInt64 = 0
  private(set) var totals = Statistics()
  var idempotency = IdempotencyWindow()
  /// The revision of the newest event.
  private(set) var revision: UInt64 = 0
  /// The time of the newest record; the next is never earlier.
  private(set) var lastTime = Timestamp(microseconds: 0)
  /// How far the clock was set ahead over all, in microseconds. Answers lapse by the time that has passed, which is so
  /// much less than what records say.
  private(set) var clockSteps: Int64 = 0
  /// Keys the digests of idempotency keys, which stay in memory: nobody can make two of them collide.
  private var keySeed: (UInt64, UInt64)
  let idempotencyWindow: Int64
  /// The customers as they were, for snapshots that are being made of them.
  private var frozen = FrozenViews()
  /// How many customers the snapshot is to hold that is being restored.
  private(set) var restoredCount: Int?

  /// - Parameter idempotencyWindow: how long an answer is remembered, in microseconds.
  init(idempotencyWindow: Int64) {
    var generator = SystemRandomNumberGenerator()
    keySeed = (generator.next(), generator.next())
    self.idempotencyWindow = idempotencyWindow
  }

  // MARK: - Changing

  /// Takes a record in: the customer as it is after the event, and what the call behind it was answered.
  ///
  /// - Parameter record: given up, so that its customer is moved in and not copied.
  /// - Returns: the customer's slot; nil for a note.
  @discardableResult
  mutating func take(
    _ record: consuming JournalRecord
  ) throws(StoreStateError) -> Slot? {
    lastTime = max(lastTime, record.at)
    clockSteps &+= record.clockStep
    let slot: Slot
    if let customer = record.customer.take() {
      let before = Before(revision: record.previousRevision, state: record.from)
      slot = try take(customer, after: before, hashes: nil)
    } else {
      // A note counts for the call that it answers; one that names no customer of ours is of no use, and of no harm.
      guard record.idempotency != nil, let found = self.slot(of: record.subject) else { return nil }
      slot = found
    }
    if let call = record.idempotency {
      remember(call, revision: record.revision, at: record.at, by: record.cause.principal, on: slot)
    }
    return record.revision == 0 ? nil : slot
  }

  /// Takes a new customer in.
  ///
  /// - Parameters:
  ///   - hashes: of the customer's keys.
  ///   - principal: who gave the command.
  mutating func create(
    _ customer: consuming CustomerRecord, hashes: KeyHashes, by principal: String, answering call: AnsweredCall?
  ) throws(StoreStateError) -> Slot {
    let (revision, time) = (customer.revision, customer.createdAt)
    lastTime = max(lastTime, time)
    let slot = try take(customer, after: Before(revision: 0, state: nil), hashes: hashes)
    if let call { remember(call, revision: revision, at: time, by: principal, on: slot) }
    return slot
  }

  /// What an event says that its customer was before; the revision of a creation is 0.
  private struct Before {
    var revision: UInt64
    var state: State?
  }

  /// Takes a customer in as an event has made it.
  ///
  /// - Parameter hashes: of a new customer's keys, where they are known already.
  @inline(__always)  // so that the customer, which is large, is moved only once
  private mutating func take(
    _ customer: consuming CustomerRecord, after last: Before, hashes: KeyHashes?
  ) throws(StoreStateError) -> Slot {
    let event = Event(
      revision: customer.revision, previousRevision: last.revision, from: last.state, to: customer.standing.state,
      hasAttention: customer.standing.attention != .none)
    let before = try place(of: customer.id, in: event)
    let slot = before?.slot ?? Slot(customers.count)
    let tenant = index(ofTenant: customer.tenant)
    if before != nil {
      frozen.willChange(slot, from: customers[Int(slot)])
      customers[Int(slot)] = consume customer
    } else {
      indexes.add(customer.id, slot)
      indexes.add(
        hashes ?? keys.hashes(customer.account, externalID: customer.externalID, tenant: customer.tenant), slot)
      customers.append(consume customer)
    }
    count(event, on: slot, hadAttention: before?.hadAttention ?? false, tenant: tenant)
    return slot
  }

  /// Takes a record in as a start does, which has millions of them. ``endReplay()`` has to follow before anybody is
  /// looked for by wallet or external id.
  ///
  /// - Parameter record: what is kept is taken out of it.
  mutating func replay(_ record: inout EncodedRecord) throws(StoreStateError) {
    lastTime = max(lastTime, record.at)
    clockSteps &+= record.clockStep
    guard record.revision != 0, let to = record.customer.standing?.state else {
      if let call = record.call, record.hasCustomer, let slot = slot(of: record.customer.id) {
        remember(call, of: record, on: slot)
      }
      return
    }
    let event = Event(
      revision: record.revision, previousRevision: record.previousRevision, from: record.from, to: to,
      hasAttention: record.customer.standing?.attention != Attention.none)
    let before = try place(of: record.customer.id, in: event)
    let tenant = index(ofTenant: record.customer.tenant)
    let slot: Slot
    if let before {
      slot = before.slot
      customers[Int(slot)].change(toTaken: &record.customer, revision: event.revision, updatedAt: record.at)
    } else {
      slot = append(&record.customer, revision: event.revision, updatedAt: record.at)
    }
    count(event, on: slot, hadAttention: before?.hadAttention ?? false, tenant: tenant)
    if let call = record.call { remember(call, of: record, on: slot) }
  }

  /// Has every customer found by all keys.
  mutating func endReplay() { indexes.addWaiting() }

  /// An event, without the customer.
  private struct Event {
    var revision: UInt64
    var previousRevision: UInt64
    var from: State?
    var to: State
    var hasAttention: Bool
  }

  /// Where the customer of an event is; nil for a creation.
  ///
  /// - Throws: when the event does not go on from what there is.
  private func place(
    of id: CustomerID, in event: Event
  ) throws(StoreStateError) -> (slot: Slot, hadAttention: Bool)? {
    guard event.revision == revision + 1 else {
      throw .revisionOutOfOrder(expected: revision + 1, found: event.revision)
    }
    let found = slot(of: id)
    if event.previousRevision == 0 {
      guard event.from == nil, found == nil, customers.count < Int(Slot.max) else {
        throw .historyBroken(revision: event.revision)
      }
      return nil
    }
    guard let found, customers[Int(found)].revision == event.previousRevision,
      customers[Int(found)].standing.state == event.from
    else { throw .historyBroken(revision: event.revision) }
    return (found, customers[Int(found)].standing.attention != .none)
  }

  /// What every event changes beside the customer.
  private mutating func count(_ event: Event, on slot: Slot, hadAttention: Bool, tenant: Int) {
    revision = event.revision
    if event.to == .rejected { barredAddresses.insert(customers[Int(slot)].account.address) }
    totals.count(from: event.from, to: event.to, hadAttention: hadAttention, hasAttention: event.hasAttention)
    tenants[tenant].statistics
      .count(from: event.from, to: event.to, hadAttention: hadAttention, hasAttention: event.hasAttention)
  }

  /// Appends a whole customer of the log or of a snapshot, of the last tenant and of an id that is not there yet.
  private mutating func append(
    _ customer: inout EncodedCustomer, revision: UInt64, updatedAt: Timestamp
  ) -> Slot {
    let slot = Slot(customers.count)
    // All of a tenant's customers share the one name.
    guard
      let kept = CustomerRecord(
        taking: &customer, tenant: lastTenantName, revision: revision, updatedAt: updatedAt)
    else { preconditionFailure("the customer was found to be whole") }
    indexes.add(kept.id, slot)
    indexes.addLater(
      keys.hashes(kept.account, externalID: customer.externalID.bytes, tenant: lastTenantHash), slot)
    customers.append(kept)
    return slot
  }

  /// The counts of one tenant's customers.
  func statistics(of tenant: String) -> Statistics {
    tenants.first { $0.name == tenant }?.statistics ?? Statistics()
  }

  private mutating func index(ofTenant tenant: String) -> Int {
    if let lastTenantName, lastTenantName == tenant { return lastTenant }
    return findOrAdd(tenant: tenant)
  }

  private mutating func index(ofTenant tenant: EncodedText) -> Int {
    if let lastTenantName, tenant.isSame(as: lastTenantName) { return lastTenant }
    return findOrAdd(tenant: tenant.string)
  }

  private mutating func findOrAdd(tenant: String) -> Int {
    if let index = tenants.firstIndex(where: { $0.name == tenant }) {
      lastTenant = index
    } else {
      lastTenant = tenants.count
      tenants.append((tenant, Statistics()))
    }
    lastTenantName = tenant
    lastTenantHash = keys.hash(ofTenant: tenant)
    return lastTenant
  }

  // MARK: - Answers to repeat

  /// Stands for a principal's key.
  func digest(ofKey key: String, principal: String) -> SipHash.Digest {
    principal.withUTF8Bytes { principal in key.withUTF8Bytes { digest(ofKey: $0, principal: principal) } }
  }

  private func digest(ofKey key: UnsafeRawBufferPointer, principal: UnsafeRawBufferPointer) -> SipHash.Digest {
    var hash = SipHash(key: keySeed)
    hash.update(principal)
    hash.update(0)
    hash.update(key)
    return hash.finish()
  }

  /// Stands for a request. The digest is kept in the journal, so its key is fixed; whoever makes two of their own
  /// requests collide gets the answer to the one for the other, and nothing that is not theirs.
  static func digest(ofMethod method: String, request: UnsafeRawBufferPointer) -> RequestDigest {
    var hash = SipHash(key: (0, 0))
    method.withUTF8Bytes { hash.update($0) }
    hash.update(0)
    hash.update(request)
    let digest = hash.finish()
    return RequestDigest(low: digest.low, high: digest.high)
  }

  private mutating func remember(
    _ call: AnsweredCall, revision: UInt64, at time: Timestamp, by principal: String, on slot: Slot
  ) {
    remember(
      IdempotencyWindow.Entry(
        digest: call.digest,
        revision: revision == 0 ? call.answeredRevision : revision,
        form: call.form,
        refusal: call.refusal,
        slot: slot,
        lapsesAt: passed(time).advanced(byMicroseconds: idempotencyWindow)
      ),
      under: digest(ofKey: call.key, principal: principal), at: time)
  }

  private mutating func remember(_ call: EncodedCall, of record: EncodedRecord, on slot: Slot) {
    remember(
      IdempotencyWindow.Entry(
        digest: call.digest,
        revision: record.revision == 0 ? call.answeredRevision : record.revision,
        form: call.form,
        refusal: call.refusal,
        slot: slot,
        lapsesAt: passed(record.at).advanced(byMicroseconds: idempotencyWindow)
      ),
      under: digest(ofKey: call.key.bytes, principal: record.principal.bytes), at: record.at)
  }

  private mutating func remember(_ entry: IdempotencyWindow.Entry, under key: SipHash.Digest, at time: Timestamp) {
    idempotency.forget(lapsedBy: passed(time))
    idempotency.remember(entry, under: key)
  }

  /// A time less how far the clock was set ahead: what answers lapse by.
  private func passed(_ time: Timestamp) -> Timestamp { time.advanced(byMicroseconds: 0 &- clockSteps) }

  /// How a call was answered whose key has not lapsed.
  func answer(under key: SipHash.Digest, at now: Timestamp) -> IdempotencyWindow.Entry? {
    idempotency.entry(under: key, at: passed(now))
  }

  // MARK: - Snapshots

  /// What a snapshot of now begins with.
  var snapshotHead: SnapshotHead {
    SnapshotHead(
      revision: revision, lastTime: lastTime, customerCount: customers.count, keySeed: keySeed, tenants: tenants,
      clockSteps: clockSteps)
  }

  /// Has the customers kept as they are, for ``nextFrozen(_:of:)`` to copy.
  ///
  /// - Parameter limit: how many may change before their turn.
  mutating func freeze(limit: Int = .max) -> FrozenView {
    frozen.add(FrozenCustomers(at: revision, count: customers.count, limit: limit))
  }

  /// Whether a watcher may have the customers frozen, too.
  var canFreeze: Bool { frozen.hasRoom }

  /// The next customers as they were when they were frozen, at most so many; none when all were copied.
  ///
  /// - Returns: nil when they are no longer known.
  mutating func nextFrozen(_ limit: Int, of view: FrozenView) -> [CustomerRecord]? {
    frozen.next(limit, of: view, customers)
  }

  /// Keeps nothing for a view any more.
  mutating func thaw(_ view: FrozenView) { frozen.remove(view) }

  /// Begins to take a snapshot in.
  mutating func begin(_ head: SnapshotHead) {
    revision = head.revision
    lastTime = head.lastTime
    keySeed = head.keySeed
    tenants = head.tenants
    lastTenantName = nil
    totals = Statistics()
    for tenant in tenants { totals.add(tenant.statistics) }
    restoredCount = head.customerCount
    indexes.reserve(min(head.customerCount, Self.mostReserved))
  }

  /// Room is made ahead for so many customers at the most: what a snapshot says of its size is believed up to here.
  private static let mostReserved = 16 << 20

  /// Takes in the next customer of a snapshot; its counts are in the head. ``endReplay()`` has to follow.
  ///
  /// - Parameter customer: a whole one; what is kept is taken out of it.
  mutating func restore(
    _ customer: inout EncodedCustomer, revision: UInt64, updatedAt: Timestamp
  ) throws(StoreStateError) {
    guard revision > 0, revision <= self.revision else {
      throw .revisionOutOfOrder(expected: self.revision, found: revision)
    }
    guard slot(of: customer.id) == nil, customers.count < Int(Slot.max), let account = customer.account else {
      throw .historyBroken(revision: revision)
    }
    if customer.standing?.state == .rejected { barredAddresses.insert(account.address) }
    _ = index(ofTenant: customer.tenant)
    _ = append(&customer, revision: revision, updatedAt: updatedAt)
  }
}

/// Why a record does not fit what came before it.
enum StoreStateError: Error, Equatable {
  case revisionOutOfOrder(expected: UInt64, found: UInt64)
  case historyBroken(revision: UInt64)
}
