internal import Lifecycle
internal import Testing

@testable import Store

/// Screenings that are opened because the time for them has come, and screenings of those who were taken in across
/// restarts.
struct RescreeningTests {
  private static func policy(interval: Int64?) -> Policy {
    var policy = Policy()
    policy.rescreeningInterval = interval
    return policy
  }

  private func open(_ fixture: StoreFixture, from first: Int) -> Int {
    fixture.turn { $0.openDueScreenings(from: first) }
  }

  private func standing(_ customer: CustomerRecord, _ fixture: StoreFixture) -> Standing {
    fixture.turn { store in store[store.slot(of: customer.id, visibleTo: nil) ?? 0].standing }
  }

  @Test func thoseWhoWereTakenInAreDueOnce() throws {
    let fixture = try StoreFixture(policy: Self.policy(interval: 0))
    let customers = (1...4).map { fixture.create($0) }
    for customer in customers.dropFirst() { fixture.activate(customer) }
    fixture.perform(.deactivate(.partner, reason: ""), on: customers[2].id)
    fixture.perform(.reject(reason: "EVIDENCE"), on: customers[3].id)
    #expect(open(fixture, from: 0) == 4)
    #expect(customers.map { standing($0, fixture).review?.attempt } == [nil, 2, 2, nil])
    #expect(customers.map { standing($0, fixture).state } == [.initiating, .active, .inactive, .rejected])
    let revision = fixture.turn { $0.revision }
    #expect(open(fixture, from: 0) == 4)
    #expect(fixture.turn { $0.revision } == revision, "one that is open is enough")
  }

  @Test func theyAreOpenedAFewInATurn() throws {
    let fixture = try StoreFixture(policy: Self.policy(interval: 0))
    for number in 1...100 { fixture.activate(fixture.create(UInt8(number))) }
    var first = 0
    var turns: [Int] = []
    while first < 100 {
      first = open(fixture, from: first)
      turns.append(first)
    }
    #expect(turns == [64, 100])
  }

  @Test(arguments: [nil, 3600_000_000]) func nobodyIsDueBeforeTheTime(interval: Int64?) throws {
    let fixture = try StoreFixture(policy: Self.policy(interval: interval))
    let customer = fixture.create(1)
    fixture.activate(customer)
    let revision = fixture.turn { $0.revision }
    #expect(open(fixture, from: 0) == 1)
    #expect(fixture.turn { $0.revision } == revision)
  }

  @Test func anOpenScreeningIsThereAfterARestart() throws {
    let fixture = try StoreFixture()
    let customer = fixture.create(1)
    fixture.activate(customer)
    for command in [
      Command.requestScreening, .reportScreening(ScreeningReport(attempt: 0, outcome: .inconclusive)),
      .reportScreening(ScreeningReport(attempt: 3, outcome: .hit)),
      .reportScreening(ScreeningReport(attempt: 4, outcome: .clear)),
    ] {
      let before = fixture.perform(command, on: customer.id).customer
      try fixture.reopen()
      let after = fixture.turn { store in store[store.slot(of: customer.id, visibleTo: nil) ?? 0] }
      #expect(after == before)
    }
    #expect(standing(customer, fixture).attention == .conflictingOutcomes)
    #expect(fixture.turn { $0.statistics(tenant: nil).attention } == 1)
    let decided = fixture.perform(
      .reportScreening(ScreeningReport(attempt: 0, outcome: .clear, final: true)), on: customer.id
    ).customer
    #expect(decided.standing.holdKinds == [.risk])
    #expect(decided.standing.review == nil)
    #expect(fixture.turn { $0.statistics(tenant: nil).attention } == 0)
  }
}
