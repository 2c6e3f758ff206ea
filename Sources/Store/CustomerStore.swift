public import ByteText
internal import Confinement
internal import Journal
public import Lifecycle
public import ProtobufWire
internal import Synchronization
internal import System
public import Wallet

/// The only owner of the customers. Work reaches it in turns: `beginTurn`, any number of commands and questions,
/// `endTurn`; what a turn decided goes to the journal in one piece, and what it answered leaves when that is durable.
///
/// Its executor runs work on the thread that brings it where it can: see `CombiningExecutor`.
public actor CustomerStore {
  public nonisolated let executor: CombiningExecutor
  public nonisolated let hub: WatchHub
  public nonisolated let settings: StoreSettings
  nonisolated let gate: CommitGate
  nonisolated let journal: Journal
  nonisolated let recent: RecentRecords
  nonisolated let keeper: StoreKeeper
  nonisolated let scrubber: Scrubber
  nonisolated let publishedCustomers: Atomic<Int>
  nonisolated let keys: KeyHasher

  private let memory: Confined<StoreMemory>

  /// A customer that came into another state than the first, or was changed in it.
  public struct Arrival: Sendable {
    public var slot: Slot
    public var state: State
  }

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(journal: Journal, state: consuming StoreState, keeper: StoreKeeper, settings: StoreSettings) {
    self.journal = journal
    self.keeper = keeper
    scrubber = Scrubber(settings)
    self.settings = settings
    executor = CombiningExecutor()
    gate = CommitGate()
    recent = RecentRecords(capacity: settings.recentRecordsCapacity)
    hub = WatchHub(recent: recent, journal: journal, revision: state.revision)
    publishedCustomers = Atomic(state.customers.count)
    keys = state.keys
    let now = max(state.lastTime, Timestamp(microseconds: settings.clock.time()))
    let clock = ClockWatch(time: now, monotonic: settings.clock.monotonic())
    let reviews = state.reviewQueue(under: settings.policy)
    memory = Confined(StoreMemory(state: state, now: now, clock: clock, reviews: reviews))
  }

  // MARK: - Memory

  var state: StoreState {
    @inline(__always) _read { yield memory.value.state }
    @inline(__always) _modify { yield &memory.value.state }
  }

  var turn: TurnBuffer {
    @inline(__always) _read { yield memory.value.turn }
    @inline(__always) _modify { yield &memory.value.turn }
  }

  var random: RandomPool {
    @inline(__always) _read { yield memory.value.random }
    @inline(__always) _modify { yield &memory.value.random }
  }

  var nextRandom: UInt64 {
    get { memory.value.nextRandom }
    set { memory.value.nextRandom = newValue }
  }

  /// What third parties have to do, and who waits for being given some of it.
  var reviews: ReviewQueue {
    @inline(__always) _read { yield memory.value.reviews }
    @inline(__always) _modify { yield &memory.value.reviews }
  }

  var claims: ReviewClaims {
    _read { yield memory.value.claims }
    _modify { yield &memory.value.claims }
  }

  /// When the clock's alarm is set for, in nanoseconds of the monotonic clock; the greatest number for never.
  var alarmAt: UInt64 {
    get { memory.value.alarmAt }
    set { memory.value.alarmAt = newValue }
  }

  /// The journal position that everything decided so far is durable at.
  var position: UInt64 { memory.value.position }

  /// The time of the present turn: never earlier than any record's.
  public private(set) var now: Timestamp {
    get { memory.value.now }
    set { memory.value.now = newValue }
  }

  /// Whether so much waits for the disk that commands are refused, as of the beginning of the turn.
  public var isOverloaded: Bool { memory.value.isOverloaded }

  /// Whether the disk has no room for more, so that commands are refused until it has; as of the beginning of the turn.
  public var lacksSpace: Bool { memory.value.lacksSpace }

  /// Customers that came into another state than their first in this turn, or have to do with a third party and were
  /// changed, for those who act on it by themselves.
  public var arrivals: [Arrival] { memory.value.arrivals }

  // MARK: - Turns

  /// Begins a turn: takes the time.
  public func beginTurn() {
    now = max(state.lastTime, Timestamp(microseconds: settings.clock.time()))
    noteClockStep()
    memory.value.arrivals.removeAll(keepingCapacity: true)
    memory.value.lacksSpace = journal.lacksSpace
    memory.value.isOverloaded = journal.gatheredBytes > JournalOptions.gatheringBound
  }

  /// Keeps how far the clock was set ahead since the turn before, if it was. Where nothing can be written that waits.
  private func noteClockStep() {
    let monotonic = settings.clock.monotonic()
    if let step = memory.value.clock.step(to: now, monotonic: monotonic) {
      guard !journal.lacksSpace else { return }
      let note = JournalRecord(
        revision: 0, at: now, previousRevision: 0, cause: Cause(command: .createCustomer, principal: ""),
        subject: CustomerID(high: 0, low: 0), clockStep: step)
      _ = commit(note)
    }
    memory.value.clock = ClockWatch(time: now, monotonic: monotonic)
  }

  /// Ends a turn: hands what it decided to the journal, and the waiter's answers to the gate.
  ///
  /// - Parameter flushing: whether the caller calls ``flush()`` right behind the turn, on this thread.
  public func endTurn(answering waiter: any CommitGate.Waiter, flushing: Bool = false) {
    seal(wakes: !flushing && !mayGather())
    gate.park(waiter, until: memory.value.position)
    if reviews.hasNews { settleReviews() }
  }

  /// The longest that what a turn has decided waits for what others decide, in nanoseconds: a few turns. With two
  /// milliseconds a tenth fewer creations are answered than with a fifth of one to one: then answers come in such heaps
  /// that loop and store wait for each other.
  private static let gatheringTime: UInt64 = 500_000

  /// Whether the turn may leave it to the pause ahead, or to a later turn, to have written what it decided: with turns
  /// that wait, a flush for each costs a tenth of all that the server does.
  func mayGather() -> Bool {
    guard executor.isPauseAhead else { return false }
    let now = memory.value.clock.monotonic
    if memory.value.gathersSince == 0 { memory.value.gathersSince = now }
    if now &- memory.value.gathersSince < Self.gatheringTime { return true }
    memory.value.gathersSince = 0
    return false
  }

  /// Has written what turns have left: to be called when the executor pauses.
  func pause() {
    memory.value.gathersSince = 0
    journal.commit()
  }

  /// Whether ``flush()`` will probably return soon. Any thread.
  public nonisolated var flushesQuickly: Bool { journal.isQuick }

  /// Writes to the disk what turns have decided, unless that is being done: two threads need not be woken for it, the
  /// one that writes and the caller's own. Any thread that has nothing else to do meanwhile.
  public nonisolated func flush() { journal.flush() }

  /// Has somebody wait, apart from the turn's own answers, until all that was decided so far is durable.
  public func park(_ waiter: any CommitGate.Waiter) { endTurn(answering: waiter) }

  /// Hands what was decided so far to the journal, so that it can be read back like all that is older.
  ///
  /// - Parameter wakes: whether the journal's thread is to write it.
  func seal(wakes: Bool = true) {
    guard !turn.isEmpty else { return }
    let batch = turn.take()
    recent.append(batch)
    publishedCustomers.store(state.customers.count, ordering: .relaxed)
    memory.value.position = batch.withBytes { journal.append($0, wakes: wakes).rawValue }
  }

  // MARK: - Questions

  /// The revision of the newest event decided, durable or not.
  public var revision: UInt64 { state.revision }

  /// How many customers there are; slots are below.
  public var customerCount: Int { state.customers.count }

  /// The customer in a slot, lent for as long as it is looked at.
  public subscript(slot: Slot) -> CustomerRecord {
    _read { yield state[slot] }
  }

  /// Writes the fields of an answer with the customer in a slot. By way of the subscript, another module would make a
  /// copy.
  public func renderAnswer(_ slot: Slot, customer field: UInt32, into writer: inout WireWriter) {
    memory.value.state.lend(slot) { $0.value.renderAnswer(customer: field, into: &writer) }
  }

  /// The customer of an id, unless it is another tenant's. A nil tenant sees all.
  ///
  /// - Parameter probable: what ``expect(_:_:)`` gave for the id.
  public func slot(of id: CustomerID, probably probable: Slot? = nil, visibleTo tenant: String?) -> Slot? {
    guard let slot = state.slot(of: id, probably: probable) else { return nil }
    if let tenant, state[slot].tenant != tenant { return nil }
    return slot
  }

  /// The tenant's customer with this key, which is hashed already.
  ///
  /// - Parameters:
  ///   - probable: what ``expect(_:_:)`` gave for the key.
  ///   - externalID: where the key is one; UTF-8.
  ///   - tenant: whose customer it is, which an id tells by itself.
  public func slot(
    of key: CustomerKey, probably probable: Slot?, externalID: UnsafeRawBufferPointer, tenant: String
  ) -> Slot? {
    switch key {
    case .id(let id): state.slot(of: id, probably: probable)
    case .wallet(let account, let hash):
      state.slot(ofWallet: account, tenant: tenant, hash: hash, probably: probable)
    case .externalID(let hash):
      state.slot(ofExternalID: externalID, tenant: tenant, hash: hash, probably: probable)
    }
  }

  /// Has the processor fetch what finding and showing the customers of these keys will look at.
  ///
  /// - Parameter place: where the key of each number below `count` is looked for.
  /// - Returns: the slot of the customer who probably has each, to be looked at first.
  public func expect(_ count: Int, _ place: (Int) -> CustomerKey.Place) -> [Slot?] { state.prefetch(count, place) }

  /// The tenant's customer with this wallet.
  public func slot(ofWallet account: WalletAccount, tenant: String) -> Slot? {
    state.slot(ofWallet: account, tenant: tenant)
  }

  /// The tenant's customer with this external id.
  public func slot(ofExternalID externalID: InlineText, tenant: String) -> Slot? {
    state.slot(ofExternalID: externalID, tenant: tenant)
  }

  /// A tenant as the keys of its customers are hashed with: taken once for many customers. Any thread.
  public nonisolated func hashed(tenant name: String) -> HashedTenant {
    HashedTenant(name: name, hash: keys.hash(ofTenant: name))
  }

  /// What a tenant's customer with this wallet is found by. Any thread.
  public nonisolated func key(of account: WalletAccount, tenant: HashedTenant) -> CustomerKey {
    .wallet(account, hash: keys.hash(account, tenant: tenant.hash))
  }

  /// The hash of the key that a tenant's customer with this external id, UTF-8, is found by. Any thread.
  public nonisolated func hash(ofExternalID externalID: UnsafeRawBufferPointer, tenant: HashedTenant) -> UInt64 {
    keys.hash(externalID: externalID, tenant: tenant.hash)
  }

  /// The counts of one tenant, or of all.
  public func statistics(tenant: String?) -> Statistics {
    tenant.map { state.statistics(of: $0) } ?? state.totals
  }

  // MARK: - Records

  /// Makes a record of an event or a note, and takes it in.
  func commit(_ record: consuming JournalRecord) -> Slot? {
    turn.append(record)
    let (from, to) = (record.from, record.customer?.standing.state)
    do throws(StoreStateError) {
      let slot = try state.take(record)
      // No third party has to do with who is taken in.
      if let slot, let to, to != .initiating {
        if from != to || state[slot].standing.isReviewed {
          memory.value.arrivals.append(Arrival(slot: slot, state: to))
        }
        noteReview(of: slot)
      }
      return slot
    } catch {
      // The record was made from this very state a moment ago.
      preconditionFailure("a record that was just decided does not fit: \(error)")
    }
  }
}
