internal import Lifecycle

/// Which reviews are due, which are held by workers, which come when: a value without I/O, clocks or chance, made anew
/// at each start from where the customers stand.
///
/// It holds a node for each customer that waits for a third party, and nothing for all others. Nothing is ever searched
/// for: to learn of a change costs the logarithm of how many wait, to claim costs what is claimed.
///
/// Reviews are given out to whoever asks first, of each tenant in turn, of each tenant the one that is due longest.
struct ReviewQueue: ~Copyable {
  enum Phase: UInt8 {
    /// Nobody has anything to do yet.
    case waiting
    /// A worker is to claim it.
    case due
    /// A worker has it.
    case leased
    /// A person has to decide.
    case person
  }

  /// A customer that waits.
  struct Node {
    /// In microseconds since the Unix epoch, as the deadline is; the greatest number for never.
    var dueAt = Int64.max
    /// When a person has to look.
    var deadline = Int64.max
    var slot: Slot
    /// By its number in `tenants`.
    var tenant: UInt32
    /// Of meaning while leased.
    var lease: UInt32 = 0
    var attempt: UInt32 = 0
    var kind: ReviewKind
    var phase = Phase.waiting
    var attention = Attention.none
    /// How often in a row a lease has ended without a report.
    var returns: UInt8 = 0
    var isPassing = false
  }

  private var nodes = SlabArray<Node>()
  private var freeNodes: [UInt32] = []
  private var nodesBySlot = SlotMap()
  /// When each node is to be looked at: it becomes due, or its deadline passes. In microseconds since the Unix epoch.
  private var instants = InstantHeap()
  private var leases = ReviewLeases()
  private var dueLinks = LinkedNodes()
  private var ageLinks = LinkedNodes()
  private(set) var tenants: [TenantReviews] = []
  private var tenantNumbers: [String: UInt32] = [:]
  private var rounds = InlineArray<2, TenantRound>(repeating: TenantRound())
  /// How many are due, by kind.
  private var dueCounts = InlineArray<2, Int>(repeating: 0)
  /// Whether something has changed that may concern those who wait for reviews, or when to look again.
  var hasNews = false

  // MARK: - Changes

  /// A customer stands differently.
  ///
  /// - Parameters:
  ///   - wait: what it waits for now; nil when no third party has to do with it.
  ///   - now: what is due by then is due at once.
  mutating func change(_ slot: Slot, of tenant: String, to wait: ReviewWait?, at now: Timestamp) {
    let found = nodesBySlot[slot]
    guard let wait else {
      if let found { remove(found) }
      return
    }
    hasNews = true
    let node = found ?? add(slot, tenant: number(ofTenant: tenant), kind: wait.kind)
    if found == nil || !keepsLease(node, wait) {
      leave(node)
      updateAge(of: node, wait)
      nodes[Int(node)].attempt = wait.attempt
      nodes[Int(node)].dueAt = wait.dueAt?.microseconds ?? .max
      nodes[Int(node)].attention = wait.attention
      nodes[Int(node)].returns = 0
      enter(node, Self.phase(of: wait, at: now))
    }
    nodes[Int(node)].deadline = wait.deadlineAt?.microseconds ?? .max
    schedule(node)
  }

  /// Whether a worker that holds the review goes on to hold it: an event that leaves the review as it is is none of the
  /// worker's business.
  private func keepsLease(_ node: UInt32, _ wait: ReviewWait) -> Bool {
    let node = nodes[Int(node)]
    return node.phase == .leased && wait.attention == .none && wait.kind == node.kind && wait.attempt == node.attempt
      && wait.isPassing == node.isPassing && wait.dueAt?.microseconds == node.dueAt
  }

  private static func phase(of wait: ReviewWait, at now: Timestamp) -> Phase {
    guard wait.attention == .none else { return .person }
    guard let dueAt = wait.dueAt else { return .waiting }
    return dueAt <= now ? .due : .waiting
  }

  private mutating func add(_ slot: Slot, tenant: UInt32, kind: ReviewKind) -> UInt32 {
    let node = Node(slot: slot, tenant: tenant, kind: kind)
    let place = freeNodes.popLast() ?? UInt32(nodes.count)
    if Int(place) == nodes.count { nodes.append(node) } else { nodes[Int(place)] = node }
    nodesBySlot[slot] = place
    enter(place, .waiting)
    return place
  }

  private mutating func remove(_ node: UInt32) {
    leave(node)
    if nodes[Int(node)].isPassing { removeAge(of: node) }
    instants.remove(node)
    nodesBySlot[nodes[Int(node)].slot] = nil
    freeNodes.append(node)
  }

  private mutating func number(ofTenant name: String) -> UInt32 {
    if let number = tenantNumbers[name] { return number }
    let number = UInt32(tenants.count)
    tenants.append(TenantReviews(name: name))
    tenantNumbers[name] = number
    return number
  }

  // MARK: - Ages

  /// Who stays in a state keeps the place among those who are there.
  private mutating func updateAge(of node: UInt32, _ wait: ReviewWait) {
    let before = nodes[Int(node)]
    if before.isPassing, wait.isPassing, before.kind == wait.kind { return }
    if before.isPassing { removeAge(of: node) }
    nodes[Int(node)].kind = wait.kind
    nodes[Int(node)].isPassing = wait.isPassing
    if wait.isPassing { ageLinks.append(node, to: &tenants[Int(before.tenant)][wait.kind].ages) }
  }

  private mutating func removeAge(of node: UInt32) {
    let found = nodes[Int(node)]
    ageLinks.remove(node, from: &tenants[Int(found.tenant)][found.kind].ages)
  }

  // MARK: - Phases

  /// Has the node looked at when the next thing happens to it by itself.
  private mutating func schedule(_ node: UInt32) {
    let found = nodes[Int(node)]
    let instant = found.phase == .waiting ? min(found.dueAt, found.deadline) : found.deadline
    if instant == .max { instants.remove(node) } else { instants.set(node, at: instant) }
  }

  private mutating func enter(_ node: UInt32, _ phase: Phase, atFront: Bool = false) {
    nodes[Int(node)].phase = phase
    let (tenant, kind) = (Int(nodes[Int(node)].tenant), nodes[Int(node)].kind)
    switch phase {
    case .waiting: tenants[tenant][kind].counts.waiting += 1
    case .leased: tenants[tenant][kind].counts.leased += 1
    case .person: tenants[tenant].attention[Int(nodes[Int(node)].attention.rawValue)] += 1
    case .due:
      tenants[tenant][kind].counts.due += 1
      dueCounts[kind.index] += 1
      if atFront {
        dueLinks.insert(node, after: placeAtFront(of: node), in: &tenants[tenant][kind].due)
      } else {
        dueLinks.append(node, to: &tenants[tenant][kind].due)
      }
      guard !tenants[tenant][kind].isInRound else { break }
      tenants[tenant][kind].isInRound = true
      rounds[kind.index].append(UInt32(tenant))
    }
  }

  /// How many others of those who are due longest are looked at to find the place of one that comes back: what is in
  /// front of it came back as well.
  private static let placesLookedAt = 64

  /// Behind whom of those who are due a node belongs that was among the first of them.
  private func placeAtFront(of node: UInt32) -> UInt32 {
    let found = nodes[Int(node)]
    var place = LinkedNodes.none
    var next = tenants[Int(found.tenant)][found.kind].due.first
    for _ in 0..<Self.placesLookedAt {
      guard next != LinkedNodes.none, nodes[Int(next)].dueAt < found.dueAt else { break }
      place = next
      next = dueLinks.next(of: next)
    }
    return place
  }

  private mutating func leave(_ node: UInt32) {
    let found = nodes[Int(node)]
    let tenant = Int(found.tenant)
    switch found.phase {
    case .waiting: tenants[tenant][found.kind].counts.waiting -= 1
    case .person: tenants[tenant].attention[Int(found.attention.rawValue)] -= 1
    case .leased:
      tenants[tenant][found.kind].counts.leased -= 1
      leases.end(found.lease)
    case .due:
      tenants[tenant][found.kind].counts.due -= 1
      dueCounts[found.kind.index] -= 1
      dueLinks.remove(node, from: &tenants[tenant][found.kind].due)
    }
  }

  // MARK: - Time

  /// When something happens by itself next, in microseconds since the Unix epoch; nil for never.
  var nextInstant: Timestamp? { instants.first.map { Timestamp(microseconds: $0.instant) } }

  /// When the next lease lapses, in nanoseconds of the monotonic clock; nil when none is held.
  var nextLapse: UInt64? { leases.nextLapse }

  /// Takes the news back: they have been seen to.
  ///
  /// - Returns: ``nextInstant`` and ``nextLapse``. To ask for them apart would cost whoever keeps the queue in an actor
  ///   an allocation each time it is lent.
  mutating func takeNews() -> (instant: Timestamp?, lapse: UInt64?) {
    hasNews = false
    return (nextInstant, nextLapse)
  }

  /// Has reviews become due, and leases lapse, whose time has come.
  ///
  /// - Parameter limit: how many of those to look at whose deadline has passed.
  /// - Returns: whose deadline has passed. They stay as they are, and are not told again before something happens to
  ///   them or ``postpone(_:to:)`` is called.
  mutating func advance(to now: Timestamp, monotonic: UInt64, limit: Int) -> [Slot] {
    while let lease = leases.lapsed(by: monotonic) { putBack(leases[lease].node) }
    var overdue: [Slot] = []
    while overdue.count < limit, let first = instants.first, first.instant <= now.microseconds {
      let node = nodes[Int(first.element)]
      if node.deadline <= now.microseconds {
        instants.remove(first.element)
        overdue.append(node.slot)
      } else {
        leave(first.element)
        enter(first.element, .due)
        hasNews = true
        schedule(first.element)
      }
    }
    return overdue
  }

  /// Tells of a passed deadline again, at this time.
  mutating func postpone(_ slot: Slot, to time: Timestamp) {
    guard let node = nodesBySlot[slot] else { return }
    instants.set(node, at: time.microseconds)
  }

  // MARK: - Claims

  /// A review that was given to a worker.
  struct Claimed: Equatable {
    var slot: Slot
    var kind: ReviewKind
    /// Stands for the lease.
    var token: UInt64
  }

  /// Whether somebody who claims a review would be given one.
  func hasDue(_ kind: ReviewKind) -> Bool {
    leases.count < ReviewLeases.limit && dueCounts[kind.index] > 0
  }

  /// Gives reviews to a worker.
  ///
  /// - Parameters:
  ///   - most: how many at the most.
  ///   - lapse: until when, in nanoseconds of the monotonic clock.
  ///   - nonce: random numbers.
  mutating func claim(_ kind: ReviewKind, most: Int, until lapse: UInt64, nonce: () -> UInt32) -> [Claimed] {
    var claimed: [Claimed] = []
    while claimed.count < most, leases.count < ReviewLeases.limit, let tenant = rounds[kind.index].next() {
      guard !tenants[Int(tenant)][kind].due.isEmpty else {
        tenants[Int(tenant)][kind].isInRound = false
        continue
      }
      let node = tenants[Int(tenant)][kind].due.first
      leave(node)
      let lease = leases.add(node, until: lapse, nonce: nonce())
      nodes[Int(node)].lease = lease
      enter(node, .leased)
      schedule(node)
      claimed.append(Claimed(slot: nodes[Int(node)].slot, kind: kind, token: leases[lease].token))
      if tenants[Int(tenant)][kind].due.isEmpty {
        tenants[Int(tenant)][kind].isInRound = false
      } else {
        rounds[kind.index].append(tenant)
      }
    }
    if !claimed.isEmpty { hasNews = true }
    return claimed
  }

  /// Sets until when a lease is held.
  ///
  /// - Returns: whether it is held.
  mutating func renew(_ token: UInt64, until lapse: UInt64) -> Bool {
    guard let lease = leases.lease(of: token) else { return false }
    leases.renew(lease, until: lapse)
    hasNews = true
    return true
  }

  /// Ends a lease: the review is due again.
  ///
  /// - Parameter wasBegun: whether a worker has had it.
  /// - Returns: whether it was held.
  mutating func giveBack(_ token: UInt64, wasBegun: Bool = true) -> Bool {
    guard let lease = leases.lease(of: token) else { return false }
    putBack(leases[lease].node, wasBegun: wasBegun)
    return true
  }

  /// Has a review that was held become due again, where it was: it has waited longest. Only one that comes back time
  /// and again lets the others go first, so that one that no worker survives does not keep all others from them.
  private mutating func putBack(_ node: UInt32, wasBegun: Bool = true) {
    leave(node)
    let returns = nodes[Int(node)].returns
    if wasBegun, returns < .max { nodes[Int(node)].returns += 1 }
    enter(node, .due, atFront: returns == 0)
    schedule(node)
    hasNews = true
  }

  // MARK: - Counts

  /// The tenant's reviews, or every tenant's.
  private func reviews(of tenant: String?) -> ArraySlice<TenantReviews> {
    guard let tenant else { return tenants[...] }
    guard let number = tenantNumbers[tenant].map(Int.init) else { return [] }
    return tenants[number...number]
  }

  func counts(_ kind: ReviewKind, of tenant: String?) -> ReviewCounts {
    var counts = ReviewCounts()
    for reviews in reviews(of: tenant) { counts.add(reviews[kind].counts) }
    return counts
  }

  /// How many customers a person has to look at for this reason.
  func attention(_ attention: Attention, of tenant: String?) -> UInt64 {
    reviews(of: tenant).reduce(0) { $0 + $1.attention[Int(attention.rawValue)] }
  }

  /// Since when the one is due that is the first to be given out, of all tenants' first ones; nil when none is due.
  func longestDue(_ kind: ReviewKind, of tenant: String?) -> Timestamp? {
    reviews(of: tenant).map { $0[kind].due }.filter { !$0.isEmpty }
      .map { Timestamp(microseconds: nodes[Int($0.first)].dueAt) }.min()
  }

  /// The customers that came first of those who are in the state of that kind, one of each tenant.
  func oldest(_ kind: ReviewKind, of tenant: String?) -> [Slot] {
    reviews(of: tenant).map { $0[kind].ages }.filter { !$0.isEmpty }.map { nodes[Int($0.first)].slot }
  }
}

extension ReviewKind {
  fileprivate var index: Int { Int(rawValue) - 1 }
}
