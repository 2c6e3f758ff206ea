internal import Journal
internal import Lifecycle
internal import Store
internal import Synchronization
internal import System
internal import Wallet

/// Random commands on the customers of a real store, each lived through by the reference, which also knows who is
/// taken in and who is barred. The clock is the walk's own and jumps, so that challenges expire, deadlines pass and
/// screenings are due again. Every now and then the store is closed and opened again, sometimes behind a snapshot, and
/// has to be what it was: each customer, the counts, the revision, who is found by what.
///
/// The thread that walks waits while a turn runs, on whichever thread the store runs on: never do two touch the walk at
/// the same time.
final class StoreWalk: @unchecked Sendable {
  /// A customer, and what it is found by.
  struct Member {
    var id: CustomerID
    var new: NewCustomer
    var life: Life
    var revision: UInt64
  }

  /// Commands in one turn: what the disk is waited for together.
  private static let turnLength = 64
  /// Customers that commands are given on: the newest ones, so that lives get on.
  private static let livelyCustomers = 100
  /// Turns between two restarts, on the average.
  private static let turnsARestart: UInt64 = 40

  private let directory: String
  let settings: StoreSettings
  let clock = WalkClock()
  private var store: CustomerStore
  var generator: SplitMix
  var members: [Member] = []
  var revision: UInt64 = 0
  var violation: String?
  /// What the clock alone has brought about: deadlines that passed, screenings that were opened.
  var deadlines = 0
  var periodicScreenings = 0
  private(set) var steps = 0
  private(set) var restarts = 0
  private(set) var snapshots = 0

  /// - Parameter directory: an empty one.
  init(directory: String, seed: UInt64) throws(JournalError) {
    self.directory = directory
    generator = SplitMix(state: seed)
    var policy = Policy.random(using: &generator)
    policy.rescreeningInterval = generator.pick([nil, 7_200_000_000])
    guard
      let signIn = try? SignInSettings(domain: "app.example", uri: "https://app.example", statement: "Prove it.")
    else { preconditionFailure("these are what the grammar allows") }
    var settings = StoreSettings(terms: ChallengeTerms(settings: signIn, policy: policy))
    settings.clock = clock
    self.settings = settings
    store = try Self.open(directory, settings)
  }

  private static func open(_ directory: String, _ settings: StoreSettings) throws(JournalError) -> CustomerStore {
    try CustomerStore.open(
      directory: directory, fileSystem: LinuxFileSystem(), journalOptions: JournalOptions(), settings: settings
    ).store
  }

  /// Walks so many steps.
  ///
  /// - Returns: what is not as the reference has it; nil when there is nothing.
  func walk(steps limit: Int) throws(JournalError) -> String? {
    defer { store.close() }
    while steps < limit, violation == nil {
      turn { [self] store in
        for _ in 0..<Self.turnLength where violation == nil { step(on: store) }
      }
      passTime()
      if generator.oneIn(Self.turnsARestart) { try restart() }
    }
    if violation == nil { try restart() }
    return violation
  }

  // MARK: - Steps

  private func step(on store: isolated CustomerStore) {
    steps += 1
    if members.isEmpty || generator.oneIn(12) { return create(on: store) }
    let index =
      max(0, members.count - Self.livelyCustomers)
      + Int(generator.next() % UInt64(min(members.count, Self.livelyCustomers)))
    let command = Command.random(for: members[index].life, using: &generator)
    // Creation is not a command on a customer that is there.
    if command.name == .createCustomer { return create(on: store) }
    let role = generator.pick([Role.platform, .platform, .platform, .partner, .observer])
    guard let slot = store.slot(of: members[index].id, visibleTo: nil) else { return fail("a customer is not found") }
    let expected = generator.oneIn(8) ? generator.pick([members[index].revision, members[index].revision + 1]) : 0
    let outcome = store.perform(
      command, on: slot, by: role, cause: Cause(command: command.name, principal: "walk"), expecting: expected)
    if case .revisionMismatch(let current) = outcome {
      if expected == members[index].revision || current != members[index].revision { fail("revision mismatch") }
      return
    }
    if expected > members[index].revision { return fail("an outdated expectation was met") }
    let after = store[slot]
    let verdict = members[index].life.hear(
      command, by: role, at: store.now.microseconds, under: settings.policy, leadingTo: after.standing)
    if case .event = verdict {
      revision += 1
      members[index].revision = revision
    }
    if !matches(outcome, verdict) { return fail("\(command) by \(role): \(outcome) instead of \(verdict)") }
    if let difference = members[index].life.difference(from: after) {
      return fail("\(command): \(difference)")
    }
    if after.revision != members[index].revision || store.revision != revision {
      fail("\(command): revision \(after.revision) instead of \(members[index].revision)")
    }
  }

  private func matches(_ outcome: CommandOutcome, _ verdict: Life.Verdict) -> Bool {
    switch (outcome, verdict) {
    case (.done, .event(nil)), (.done, .nothing), (.done, .note): true
    case (.refused(let found), .event(.some(let expected))), (.refused(let found), .refused(let expected)):
      found == expected
    case (.done, _), (.refused, _), (.revisionMismatch, _): false
    }
  }

  /// Takes somebody in, with a wallet and an external id that others may have, or may have been rejected with.
  private func create(on store: isolated CustomerStore) {
    let room = UInt64(members.count + 8)
    let new = Self.customer(
      wallet: generator.next() % room, chain: generator.pick([1, 137]), externalID: generator.next() % room,
      tenant: generator.pick(["acme", "umbrella"]))
    let outcome = store.create(new, cause: Cause(command: .createCustomer, principal: "walk"), answering: nil)
    let refusal = refusal(of: new)
    switch outcome {
    case .failure(let found):
      if found != refusal { fail("creation: \(found) instead of \(String(describing: refusal))") }
    case .success(let created):
      guard refusal == nil else { return fail("creation: taken in instead of \(String(describing: refusal))") }
      guard let slot = store.slot(of: created.id, visibleTo: nil) else { return fail("creation: not found") }
      let customer = store[slot]
      if customer != CustomerRecord(new, created) { fail("creation: answered other than it is kept") }
      guard case .initiating(let proof) = customer.standing else { return fail("creation: \(customer.standing)") }
      var life = Life()
      _ = life.hear(
        .createCustomer(nonce: proof.nonce), by: .platform, at: store.now.microseconds, under: settings.policy,
        leadingTo: customer.standing)
      revision += 1
      members.append(Member(id: customer.id, new: new, life: life, revision: revision))
      if let difference = life.difference(from: customer) { fail("creation: \(difference)") }
    }
  }

  /// Why somebody is not taken in: looked for among all.
  private func refusal(of new: NewCustomer) -> CreationRefusal? {
    let rejected = members.filter { $0.life.state == .rejected }
    let own = members.filter { $0.new.tenant == new.tenant }
    if rejected.contains(where: { $0.new.account.address == new.account.address }) { return .previouslyRejected }
    let sameExternalID = own.first { $0.new.externalID == new.externalID }
    let sameWallet = own.first { $0.new.account == new.account }
    if sameExternalID?.life.state == .rejected { return .previouslyRejected }
    if let id = sameWallet?.id, id == sameExternalID?.id { return .customerExists(id) }
    if let id = sameWallet?.id { return .walletTaken(id) }
    return (sameExternalID?.id).map(CreationRefusal.externalIDTaken)
  }

  private static func customer(wallet: UInt64, chain: UInt64, externalID: UInt64, tenant: String) -> NewCustomer {
    var bytes = [UInt8](repeating: 0xab, count: 12)
    withUnsafeBytes(of: wallet.bigEndian) { bytes += $0 }
    guard let address = EthereumAddress(bytes), let account = WalletAccount(chainID: chain, address: address) else {
      preconditionFailure("twenty bytes that are not all zero are an address")
    }
    return NewCustomer(tenant: tenant, externalID: "external-\(externalID)", account: account, labels: [])
  }

  // MARK: - Restarts

  private func restart() throws(JournalError) {
    if generator.oneIn(4) { takeSnapshot() }
    let before = turn { store in (store.statistics(tenant: nil), store.statistics(tenant: "acme")) }
    store.close()
    store = try Self.open(directory, settings)
    clock.turn(by: 0)
    restarts += 1
    turn { [self] store in compare(on: store) }
    let after = turn { store in (store.statistics(tenant: nil), store.statistics(tenant: "acme")) }
    if before != after { fail("the counts are others after a restart") }
  }

  private func takeSnapshot() {
    let isDone = Monitor(false)
    store.takeSnapshot { _ in
      isDone.withLock { $0 = true }
      isDone.broadcast()
    }
    _ = isDone.wait { $0 ? true : nil }
    snapshots += 1
  }

  /// Holds everything that a restart left against the reference.
  private func compare(on store: isolated CustomerStore) {
    if store.revision != revision { return fail("revision \(store.revision) instead of \(revision) after a restart") }
    if store.customerCount != members.count { return fail("\(store.customerCount) customers after a restart") }
    for (number, member) in members.enumerated() {
      let customer = store[Slot(number)]
      let isFound =
        store.slot(of: member.id, visibleTo: member.new.tenant) == Slot(number)
        && store.slot(ofWallet: member.new.account, tenant: member.new.tenant) == Slot(number)
        && store.slot(ofExternalID: member.new.externalID, tenant: member.new.tenant) == Slot(number)
      if !isFound { return fail("customer \(number) is not found after a restart") }
      if customer.revision != member.revision {
        return fail("customer \(number) is of \(customer.revision) after a restart")
      }
      if let difference = member.life.difference(from: customer) {
        return fail("customer \(number) after a restart: \(difference)")
      }
    }
    count(on: store)
  }

  private func count(on store: isolated CustomerStore) {
    let statistics = store.statistics(tenant: nil)
    for state in State.allCases
    where statistics.customers(in: state) != members.count(where: { $0.life.state == state }) {
      fail("\(statistics.customers(in: state)) customers are \(state.name) after a restart")
    }
    let flagged = members.count { $0.life.isWaiting && $0.life.attention != .none }
    if statistics.attention != flagged { fail("\(statistics.attention) customers for a person instead of \(flagged)") }
  }

  func fail(_ what: String) {
    if violation == nil { violation = "step \(steps), after \(restarts) restarts: \(what)" }
  }

  // MARK: - Turns

  /// Runs one turn of the store, and waits until it is durable.
  func turn<Result: Sendable>(_ body: @escaping @Sendable (isolated CustomerStore) -> Result) -> Result {
    let turn = WalkTurn(store, body)
    store.executor.submit(turn)
    return turn.wait()
  }
}

/// A turn that its thread waits for.
private final class WalkTurn<Result: Sendable>: CombiningExecutor.Work, CommitGate.Waiter {
  private let store: CustomerStore
  private let body: @Sendable (isolated CustomerStore) -> Result
  private let made = Mutex<Result?>(nil)
  private let result = Monitor<Result?>(nil)

  init(_ store: CustomerStore, _ body: @escaping @Sendable (isolated CustomerStore) -> Result) {
    self.store = store
    self.body = body
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      let result = body(store)
      made.withLock { $0 = result }
      store.endTurn(answering: self)
    }
  }

  func committed() {
    let made = made.withLock { $0 }
    result.withLock { $0 = made }
    result.broadcast()
  }

  func wait() -> Result { result.wait { $0 } }
}

extension Life {
  /// What is not as it is here; nil when all is.
  func difference(from customer: CustomerRecord) -> String? {
    let created = customer.createdAt.microseconds
    if created != createdAt { return "the creation is at \(created) instead of \(createdAt)" }
    return difference(from: customer.standing)
  }
}
