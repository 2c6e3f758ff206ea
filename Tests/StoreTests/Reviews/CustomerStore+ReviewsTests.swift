internal import Journal
internal import Lifecycle
internal import Synchronization
internal import System
internal import Testing

@testable import Store

/// Reviews of a store whose clock the test turns.
struct CustomerStoreReviewsTests {
  private static let second: Int64 = 1_000_000
  private static let lease: UInt32 = 10_000

  /// A claim, and what it was answered.
  private final class Worker: Sendable {
    let answers = Monitor<[[LeasedReview]]>([])

    /// - Returns: the claim, so that it can be withdrawn; nil when it was not taken.
    @discardableResult
    func claim(
      _ fixture: StoreFixture, _ kind: ReviewKind = .screening, most: Int = 1, waits: Bool = false
    ) -> ReviewClaim? {
      let claim = ReviewClaim(kind, most: most, leaseMilliseconds: CustomerStoreReviewsTests.lease, waits: waits) {
        [answers] given in
        answers.withLock { $0.append(given) }
        answers.broadcast()
      }
      return fixture.turn { $0.claim(claim) } ? claim : nil
    }

    /// The answer to the claim of that number.
    func answer(_ number: Int) -> [LeasedReview] {
      answers.wait { $0.count > number ? $0[number] : nil }
    }

    var count: Int { answers.withLock { $0.count } }
  }

  /// Claims without waiting; whom it was given.
  private func claimed(_ fixture: StoreFixture, _ kind: ReviewKind = .screening, most: Int = 1) -> [LeasedReview] {
    let worker = Worker()
    worker.claim(fixture, kind, most: most)
    return worker.answer(0)
  }

  private func report(
    _ fixture: StoreFixture, _ id: CustomerID, _ outcome: ScreeningReport.Outcome
  ) -> CustomerRecord {
    fixture.perform(.reportScreening(ScreeningReport(attempt: 0, outcome: outcome)), on: id).customer
  }

  @Test func whoComesIntoScreeningIsDueAtOnce() throws {
    let fixture = try StoreFixture(clock: TurnedClock())
    let customer = fixture.create(1)
    #expect(claimed(fixture).isEmpty, "INITIATING waits for nobody but the customer")
    fixture.screen(customer)
    let review = try #require(claimed(fixture).first)
    #expect(review.customer.id == customer.id && review.kind == .screening)
    #expect(review.leaseExpiresAt.microseconds == 1_800_000_000_000_000 + Int64(Self.lease) * 1000)
    #expect(claimed(fixture).isEmpty, "it is held")
    #expect(report(fixture, customer.id, .clear).standing.state == .verifying)
    #expect(claimed(fixture).isEmpty)
    #expect(claimed(fixture, .verification).first?.customer.id == customer.id)
  }

  @Test func aClaimThatWaitsIsServedWhenSomebodyComes() throws {
    let fixture = try StoreFixture(clock: TurnedClock())
    let (first, second) = (Worker(), Worker())
    first.claim(fixture, waits: true)
    second.claim(fixture, waits: true)
    #expect(first.count == 0 && second.count == 0)
    let customer = fixture.create(1)
    fixture.screen(customer)
    #expect(first.answer(0).map(\.customer.id) == [customer.id])
    #expect(second.count == 0, "whoever came first is served first")
    let other = fixture.create(2)
    fixture.screen(other)
    #expect(second.answer(0).map(\.customer.id) == [other.id])
  }

  @Test func aClaimIsTakenBack() throws {
    let fixture = try StoreFixture(clock: TurnedClock())
    let worker = Worker()
    let claim = try #require(worker.claim(fixture, waits: true))
    #expect(fixture.turn { $0.withdraw(claim) })
    #expect(fixture.turn { $0.withdraw(claim) } == false)
    fixture.screen(fixture.create(1))
    #expect(worker.count == 0)
    #expect(claimed(fixture).count == 1)
  }

  @Test func claimsThatWaitAreBounded() throws {
    let fixture = try StoreFixture(clock: TurnedClock())
    let taken = fixture.turn { store in
      (0..<ReviewClaims.limit + 5).count { _ in
        store.claim(ReviewClaim(.screening, most: 1, leaseMilliseconds: 1000, waits: true) { _ in })
      }
    }
    #expect(taken == ReviewClaims.limit)
    #expect(Worker().claim(fixture, .verification, waits: true) != nil, "the other kind has room of its own")
  }

  // MARK: - Time

  @Test func theClockIsSetForTheNextThingAlone() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    clock.turn(seconds: 1)
    let customer = fixture.create(1)
    #expect(clock.nextAlarm == nil, "nothing happens by itself")
    fixture.screen(customer)
    #expect(clock.nextAlarm == Policy().screeningDeadline)
    let later = try #require(report(fixture, customer.id, .inconclusive).standing.reviewDueAt)
    #expect(clock.nextAlarm == later.microseconds - clock.time())
    let alarms = clock.alarms
    clock.turn(microseconds: later.microseconds - clock.time())
    #expect(clock.alarms == alarms + 1)
  }

  @Test func aBackOffEndsByTheClock() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    let customer = fixture.create(1)
    fixture.screen(customer)
    let later = try #require(report(fixture, customer.id, .inconclusive).standing.reviewDueAt)
    let worker = Worker()
    worker.claim(fixture, waits: true)
    clock.turn(microseconds: later.microseconds - clock.time() - 1)
    #expect(worker.count == 0)
    clock.turn(microseconds: 1)
    #expect(worker.answer(0).map(\.customer.id) == [customer.id])
  }

  @Test func aLeaseThatLapsesIsDueAgain() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    fixture.screen(fixture.create(1))
    let held = try #require(claimed(fixture).first)
    let worker = Worker()
    worker.claim(fixture, waits: true)
    clock.turn(microseconds: Int64(Self.lease) * 1000 - 1)
    #expect(worker.count == 0)
    clock.turn(microseconds: 1)
    let again = try #require(worker.answer(0).first)
    #expect(again.customer.id == held.customer.id && again.token != held.token)
    let renewed = fixture.turn { $0.renewReviews([held.token, again.token], milliseconds: 60_000) }
    #expect(renewed.tokens == [again.token], "the one that has lapsed is not held any more")
    let given = fixture.turn { $0.renewReviews([again.token], milliseconds: 0) }
    #expect(given.tokens == [again.token] && given.leaseExpiresAt == nil)
    #expect(claimed(fixture).count == 1)
  }

  /// Somebody who sets the machine's clock must not have two workers hold the same review.
  @Test func aClockThatIsSetEndsNoLease() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    fixture.screen(fixture.create(1))
    #expect(claimed(fixture).count == 1)
    clock.set(aheadMicroseconds: 3600 * Self.second)
    #expect(claimed(fixture).isEmpty)
    clock.turn(seconds: Int64(Self.lease) / 1000)
    #expect(claimed(fixture).count == 1)
  }

  @Test func aDeadlinePassesAsAnEventOfItsOwn() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    let customer = fixture.create(1)
    fixture.screen(customer)
    let held = try #require(claimed(fixture).first)
    clock.turn(microseconds: Policy().screeningDeadline - 1)
    let before = fixture.turn { $0.revision }
    clock.turn(microseconds: 1)
    let record = try fixture.store.hub.record(at: before + 1)
    #expect(fixture.turn { $0.revision } == before + 1, "once")
    #expect(record.cause == Cause(command: .passDeadline, principal: "gatehouse"))
    #expect(record.from == .screening && record.customer?.standing.attention == .deadlinePassed)
    #expect(fixture.turn { $0.renewReviews([held.token], milliseconds: 1000) }.tokens.isEmpty)
    let statistics = fixture.turn { ($0.statistics(tenant: nil).attention, $0.reviewStatistics(tenant: nil)) }
    #expect(statistics.0 == 1 && statistics.1.attention.map(\.customers) == [1])
    #expect(statistics.1.attention.first?.reason == .deadlinePassed)
    #expect(claimed(fixture).isEmpty)
    clock.turn(microseconds: Policy().verificationDeadline)
    #expect(fixture.turn { $0.revision } == before + 1)
    #expect(clock.nextAlarm == nil)
  }

  @Test func manyDeadlinesPassInTurn() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    for number in 1...20 as ClosedRange<UInt8> { fixture.screen(fixture.create(number)) }
    clock.turn(microseconds: Policy().screeningDeadline)
    #expect(fixture.turn { $0.statistics(tenant: nil).attention } == 20)
  }

  // MARK: - Restarts

  @Test func whatIsDueIsDueAfterARestart() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    var due: [CustomerID] = []
    for number in 1...5 as ClosedRange<UInt8> {
      let customer = fixture.create(number)
      fixture.screen(customer)
      due.append(customer.id)
      clock.turn(seconds: 1)
    }
    let later = try #require(report(fixture, due[1], .inconclusive).standing.reviewDueAt)
    #expect(claimed(fixture, most: 2).map(\.customer.id) == [due[0], due[2]])
    try fixture.reopen()
    let again = claimed(fixture, most: 9)
    #expect(again.map(\.customer.id) == [due[0], due[2], due[3], due[4]], "leases end with the server")
    // The four are held for less, and come back first.
    clock.turn(microseconds: later.microseconds - clock.time())
    #expect(claimed(fixture, most: 9).map(\.customer.id) == [due[0], due[2], due[3], due[4], due[1]])
  }

  @Test func aSnapshotKeepsThemToo() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    for number in 1...3 as ClosedRange<UInt8> { fixture.screen(fixture.create(number)) }
    let hit = try #require(claimed(fixture).first).customer
    fixture.perform(
      .reportScreening(ScreeningReport(attempt: 1, outcome: .hit, provider: "chain-check")), on: hit.id)
    let taken = Monitor<Bool>(false)
    fixture.store.takeSnapshot { result in
      if case .failure(let error) = result { Issue.record("\(error)") }
      taken.withLock { $0 = true }
      taken.broadcast()
    }
    _ = taken.wait { $0 ? true : nil }
    try fixture.reopen()
    #expect(fixture.report.snapshotRevision > 0)
    #expect(claimed(fixture, most: 9).count == 2)
    clock.turn(microseconds: Policy().confirmationDelay)
    let review = try #require(claimed(fixture, most: 9).first { $0.customer.id == hit.id })
    guard case .screening(let screening) = review.customer.standing else {
      Issue.record("not SCREENING")
      return
    }
    #expect(screening.lastHit?.provider == "chain-check")
  }

  @Test func aDeadlineThatPassedWhileNobodyWasThereIsNoticed() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    fixture.screen(fixture.create(1))
    let before = fixture.turn { $0.revision }
    fixture.store.close()
    clock.turn(microseconds: Policy().screeningDeadline + Self.second)
    try fixture.openAgain()
    clock.turn(microseconds: 0)
    #expect(fixture.turn { $0.revision } == before + 1)
    try fixture.reopen()
    #expect(fixture.turn { $0.revision } == before + 1)
    #expect(fixture.turn { $0.reviewStatistics(tenant: "default").attention.map(\.customers) } == [1])
  }

  // MARK: - Counts

  @Test func countsShowWhoWaits() throws {
    let clock = TurnedClock()
    let fixture = try StoreFixture(clock: clock)
    let customers = (1...4).map { fixture.create($0) }
    for customer in customers {
      fixture.screen(customer)
      clock.turn(seconds: 1)
    }
    _ = report(fixture, customers[0].id, .inconclusive)
    _ = report(fixture, customers[1].id, .clear)
    #expect(claimed(fixture).map(\.customer.id) == [customers[2].id])
    let statistics = fixture.turn { $0.reviewStatistics(tenant: "default") }
    let screening = try #require(statistics.kinds.first { $0.kind == .screening })
    #expect([screening.counts.due, screening.counts.leased, screening.counts.waiting] == [1, 1, 1])
    #expect(screening.oldestSince?.microseconds == 1_800_000_000_000_000)
    #expect(screening.longestDue?.microseconds == 1_800_000_003_000_000)
    let verification = try #require(statistics.kinds.first { $0.kind == .verification })
    #expect(verification.counts.due == 1 && verification.oldestSince?.microseconds == 1_800_000_004_000_000)
    #expect(fixture.turn { $0.reviewStatistics(tenant: "another").kinds.map(\.counts) } == [.init(), .init()])
  }
}
