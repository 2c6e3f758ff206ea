internal import ByteText
internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import Testing
internal import Wallet

@testable import Store

struct CustomerStoreTests {
  @Test func takesACustomerIn() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    #expect(customer.revision == 1)
    #expect(customer.standing.state == .initiating)
    #expect(customer.createdAt == customer.updatedAt)
    let found = fixture.turn { store in
      (
        store.slot(of: customer.id, visibleTo: nil), store.slot(of: customer.id, visibleTo: "other"),
        store.slot(ofWallet: customer.account, tenant: "default"),
        store.slot(ofExternalID: "external-1", tenant: "default"),
        store.slot(ofExternalID: "external-1", tenant: "other")
      )
    }
    #expect(found == (0, nil, 0, 0, nil))
  }

  /// Where to look first is a guess: whatever it is, who is found has the key, and nobody is found who has not.
  @Test func aWrongGuessFindsTheSame() throws {
    let fixture = try StoreFixture()
    let customers = (0..<4).map { fixture.create($0) }
    let unknown = NewCustomer.numbered(200)
    fixture.turn { store in
      let (own, other) = (store.hashed(tenant: "default"), store.hashed(tenant: "other"))
      for guess in [nil, 0, 1, 2, 3] as [Slot?] {
        for (index, customer) in customers.enumerated() {
          let slot = Slot(index)
          #expect(find(.id(customer.id), guess, of: own, on: store) == slot)
          #expect(find(store.key(of: customer.account, tenant: own), guess, of: own, on: store) == slot)
          #expect(find(store.key(of: customer.account, tenant: other), guess, of: other, on: store) == nil)
          #expect(find(customer.externalID, guess, of: own, on: store) == slot)
          #expect(find(customer.externalID, guess, of: other, on: store) == nil)
          #expect(store.slot(of: customer.id, probably: guess, visibleTo: "default") == slot)
          #expect(store.slot(of: customer.id, probably: guess, visibleTo: "other") == nil)
        }
        #expect(find(.id(CustomerID(high: 1, low: 1)), guess, of: own, on: store) == nil)
        #expect(find(store.key(of: unknown.account, tenant: own), guess, of: own, on: store) == nil)
        #expect(find(unknown.externalID, guess, of: own, on: store) == nil)
      }
    }
  }

  /// Looks for a key, at the guess first.
  private func find(
    _ key: CustomerKey, _ guess: Slot?, externalID: InlineText = "", of tenant: HashedTenant,
    on store: isolated CustomerStore
  ) -> Slot? {
    externalID.withUTF8Bytes { store.slot(of: key, probably: guess, externalID: $0, tenant: tenant.name) }
  }

  private func find(
    _ externalID: InlineText, _ guess: Slot?, of tenant: HashedTenant, on store: isolated CustomerStore
  ) -> Slot? {
    let hash = externalID.withUTF8Bytes { store.hash(ofExternalID: $0, tenant: tenant) }
    return find(.externalID(hash: hash), guess, externalID: externalID, of: tenant, on: store)
  }

  /// The guess is right where no two keys share their hash's first bits.
  @Test func guessesWhoHasAKey() throws {
    let fixture = try StoreFixture()
    let customers = (0..<4).map { fixture.create($0) }
    let guesses = fixture.turn { store in
      let keys = customers.map { CustomerKey.id($0.id) } + [.id(CustomerID(high: 1, low: 1))]
      return store.expect(keys.count) { keys[$0].place }
    }
    #expect(guesses == [0, 1, 2, 3, nil])
  }

  @Test func tellsWhatIsTaken() throws {
    let fixture = try StoreFixture()
    let first = fixture.create(1)
    let second = fixture.create(2)
    func refusal(_ new: NewCustomer) -> CreationRefusal? {
      fixture.turn { store in
        let result = store.create(new, cause: Cause(command: .createCustomer, principal: "test"), answering: nil)
        guard case .failure(let refusal) = result else { return nil }
        return refusal
      }
    }
    #expect(refusal(.numbered(1)) == .customerExists(first.id))
    #expect(refusal(.numbered(1, externalID: "new")) == .walletTaken(first.id))
    #expect(refusal(.numbered(3, externalID: "external-2")) == .externalIDTaken(second.id))
    #expect(refusal(.numbered(1, externalID: "external-2")) == .walletTaken(first.id))
    #expect(refusal(.numbered(1, chain: 10, externalID: "on another chain")) == nil)
    // Byte for byte another, though canonically equivalent.
    #expect(refusal(.numbered(4, externalID: "caf\u{e9}")) == nil)
    #expect(refusal(.numbered(5, externalID: "cafe\u{301}")) == nil)
  }

  @Test func neverTakesARejectedOneInAgain() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    fixture.perform(.reject(reason: "FRAUD"), on: customer.id)
    for _ in 0..<2 {
      for new in [
        NewCustomer.numbered(1), .numbered(1, chain: 137, externalID: "another"),
        .numbered(9, externalID: "external-1"),
      ] {
        let result = fixture.turn { store in
          store.create(new, cause: Cause(command: .createCustomer, principal: "test"), answering: nil)
        }
        #expect(result == .failure(.previouslyRejected))
      }
      try fixture.reopen()
    }
  }

  @Test func isTheSameAfterARestart() throws {
    let fixture = try StoreFixture()
    for number in 1...20 as ClosedRange<UInt8> {
      let customer = fixture.create(number)
      if number % 2 == 0 { fixture.activate(customer) }
      if number % 4 == 0 { fixture.perform(.deactivate(.risk, reason: "odd"), on: customer.id) }
    }
    func all() -> [CustomerRecord] {
      fixture.turn { store in (0..<store.customerCount).map { store[Slot($0)] } }
    }
    let before = all()
    let counts = fixture.turn { ($0.revision, $0.statistics(tenant: nil), $0.statistics(tenant: "default")) }
    try fixture.reopen()
    #expect(all() == before)
    #expect(fixture.turn { ($0.revision, $0.statistics(tenant: nil), $0.statistics(tenant: "default")) } == counts)
    #expect(counts.0 == 20 + 30 + 5)
    #expect(counts.1.customers(in: .inactive) == 5)
    #expect(counts.1.transitions(from: .active, to: .inactive) == 5)
    #expect(fixture.report.records == 55)
  }

  @Test func refusesAnOutdatedExpectation() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    let (outcome, after) = fixture.perform(.reject(reason: "x"), on: customer.id, expecting: 7)
    guard case .revisionMismatch(current: 1) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(after == customer)
    guard case .done = fixture.perform(.reject(reason: "x"), on: customer.id, expecting: 1).outcome else {
      Issue.record("the right expectation was refused")
      return
    }
  }

  @Test func keepsAHistoryThatLeadsBack() throws {
    let fixture = try StoreFixture()
    let one = fixture.create(1)
    let two = fixture.create(2)
    fixture.activate(one)
    fixture.perform(.reject(reason: "x"), on: two.id)
    for _ in 0..<2 {
      let newest = fixture.turn { store in store.slot(of: one.id, visibleTo: nil).map { store[$0].revision } ?? 0 }
      let history = try fixture.store.hub.history(upTo: newest)
      #expect(history.map(\.revision) == [1, 3, 4, 5])
      #expect(history.map(\.from) == [nil, .initiating, .screening, .verifying])
      #expect(history.map { $0.customer?.standing.state } == [.initiating, .screening, .verifying, .active])
      #expect(history.allSatisfy { $0.subject == one.id })
      // From the journal alone the second time: nothing is recent after a restart.
      try fixture.reopen()
      #expect(fixture.store.hub.recentBatch(holding: 1) == nil)
    }
  }

  @Test func tellsALateReportFromAnEvent() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    fixture.activate(customer)
    let (outcome, after) = fixture.perform(
      .reportScreening(ScreeningReport(attempt: 9, outcome: .hit)), on: customer.id,
      report: Report(attempt: 9, outcome: 2, provider: "p", reference: "", detail: ""))
    guard case .done = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(after.revision == 4)
    try fixture.reopen()
    #expect(fixture.report.records == 5, "the note was kept")
    #expect(fixture.turn { $0.revision } == 4)
  }
}

struct RepeatTests {
  private func check(_ fixture: StoreFixture, key: String, request: [UInt8], principal: String = "test") -> RepeatCheck
  {
    fixture.turn { store in
      request.withUnsafeBytes {
        store.checkRepeat(key: key, principal: principal, method: "m", form: 2, request: $0)
      }
    }
  }

  @Test func rememberedAcrossRestarts() throws {
    let fixture = try StoreFixture()
    guard case .fresh(let call) = check(fixture, key: "k", request: [1, 2]) else {
      Issue.record("not fresh")
      return
    }
    let customer = fixture.create(1, call: call)
    for _ in 0..<2 {
      guard case .answered(let before) = check(fixture, key: "k", request: [1, 2]) else {
        Issue.record("not remembered")
        return
      }
      #expect(before.revision == customer.revision)
      #expect(before.form == 2)
      #expect(before.refusal == 0)
      guard case .reused = check(fixture, key: "k", request: [1, 3]) else {
        Issue.record("another request under the key")
        return
      }
      guard case .fresh = check(fixture, key: "k", request: [1, 2], principal: "somebody else") else {
        Issue.record("another principal's key is another key")
        return
      }
      try fixture.reopen()
    }
  }

  @Test func remembersASuccessThatChangedNothing() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    fixture.activate(customer)
    guard case .fresh(let call) = check(fixture, key: "k", request: [5]) else { return }
    fixture.perform(.activate([]), on: customer.id, call: call)
    fixture.perform(.deactivate(nil, reason: ""), on: customer.id)
    try fixture.reopen()
    guard case .answered(let before) = check(fixture, key: "k", request: [5]) else {
      Issue.record("not remembered")
      return
    }
    #expect(before.revision == 4, "the customer as it was then")
  }

  @Test func remembersARefusalThatChangedSomething() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    guard case .initiating(let proof) = customer.standing else { return }
    guard case .fresh(let call) = check(fixture, key: "k", request: [5]) else { return }
    let replacement = fixture.turn { $0.makeNonce() }
    fixture.perform(
      .submitChallenge(.foreign(over: proof.nonce), replacement: replacement), on: customer.id, call: call)
    try fixture.reopen()
    guard case .answered(let before) = check(fixture, key: "k", request: [5]) else {
      Issue.record("not remembered")
      return
    }
    #expect(before.refusal == UInt32(Refusal.signatureMismatch(attemptsLeft: 9).reason.rawValue))
    #expect(before.revision == 2)
  }

  @Test func forgetsWhatHasLapsed() {
    var window = IdempotencyWindow()
    func entry(_ revision: UInt64, lapsesAt: Int64) -> IdempotencyWindow.Entry {
      IdempotencyWindow.Entry(
        digest: RequestDigest(low: 0, high: 0), revision: revision, form: 2, refusal: 0, slot: 0,
        lapsesAt: Timestamp(microseconds: lapsesAt))
    }
    func revision(at now: Int64) -> UInt64? { window.entry(under: key, at: Timestamp(microseconds: now))?.revision }
    let key = SipHash.Digest(low: 1, high: 2)
    window.remember(entry(1, lapsesAt: 100), under: key)
    #expect(revision(at: 99) == 1)
    #expect(revision(at: 100) == nil, "lapsed, though not forgotten yet")
    window.remember(entry(2, lapsesAt: 200), under: key)
    window.forget(lapsedBy: Timestamp(microseconds: 150))
    #expect(revision(at: 150) == 2, "used again since")
    window.forget(lapsedBy: Timestamp(microseconds: 200))
    let count = window.count
    #expect(count == 0)
  }
}

struct IdempotencyWindowTests {
  private func entry(_ number: Int) -> IdempotencyWindow.Entry {
    IdempotencyWindow.Entry(
      digest: RequestDigest(low: 0, high: 0), revision: UInt64(number), form: 2, refusal: 0, slot: 0,
      lapsesAt: Timestamp(microseconds: Int64(number) + 5000))
  }

  /// Each time unit one key comes and one lapses, much longer than the window is.
  @Test func aWindowThatMovesOnRemembersWhatIsInIt() {
    var window = IdempotencyWindow()
    var generator = SystemRandomNumberGenerator()
    let keys = (0..<60_000).map { _ in SipHash.Digest(low: generator.next(), high: generator.next()) }
    for (number, key) in keys.enumerated() {
      window.forget(lapsedBy: Timestamp(microseconds: Int64(number)))
      window.remember(entry(number), under: key)
      guard number % 997 == 0 else { continue }
      let now = Timestamp(microseconds: Int64(number))
      for other in stride(from: 0, through: number, by: 499) {
        let found = window.entry(under: keys[other], at: now)?.revision
        #expect(found == (other + 5000 > number ? UInt64(other) : nil), "\(other) at \(number)")
      }
    }
    let (count, end) = (window.count, window.end)
    #expect(count == 5000)
    #expect(end == 60_000)
    let (answers, next) = window.answers(from: 0, to: end, limit: 10)
    #expect(answers.map(\.entry.revision) == (55_000..<55_010).map { UInt64($0) })
    #expect(next == 55_010)
    #expect(window.answers(from: 59_999, to: end, limit: 10).answers.map(\.key) == [keys[59_999]])
    #expect(window.answers(from: end, to: end, limit: 10).answers.isEmpty)
  }

  @Test func forgetsAFewAtATime() {
    var window = IdempotencyWindow()
    for number in 0..<200 { window.remember(entry(number), under: SipHash.Digest(low: UInt64(number), high: 0)) }
    window.forget(lapsedBy: Timestamp(microseconds: .max), limit: 64)
    let count = window.count
    #expect(count == 136)
  }
}
