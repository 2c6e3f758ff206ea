internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import System
internal import Testing

@testable import Services

struct ClaimSourceTests {
  private static let settings = SandboxSettings(screensAutomatically: false, verifiesAutomatically: false)

  private func fixture() throws -> ServicesFixture { try ServicesFixture(sandbox: Self.settings) }

  private func request(
    _ kind: GatehouseV1.ReviewKind = .screening, max: UInt32 = 1, lease: UInt32 = 0, wait: UInt32 = 0
  ) -> GatehouseV1.ClaimReviewsRequest {
    var request = GatehouseV1.ClaimReviewsRequest()
    request.kind = kind
    request.max = max
    request.leaseMs = lease
    request.waitMs = wait
    return request
  }

  private func claim(
    _ fixture: ServicesFixture, _ request: GatehouseV1.ClaimReviewsRequest
  ) throws -> [GatehouseV1.Review] {
    let reader = fixture.open(.reviewServiceClaimReviews, request)
    return try reader.next(GatehouseV1.ClaimReviewsResponse.self)?.reviews ?? []
  }

  private func renew(
    _ fixture: ServicesFixture, _ leases: [[UInt8]], milliseconds: UInt32
  ) throws -> GatehouseV1.RenewReviewsResponse {
    var request = GatehouseV1.RenewReviewsRequest()
    request.leases = leases
    request.leaseMs = milliseconds
    return try fixture.call(.reviewServiceRenewReviews, request)
  }

  /// A new customer, SCREENING; its id.
  private func screening(_ fixture: ServicesFixture, _ number: UInt8) throws -> String {
    let created = try fixture.create(number)
    let id = created.customer?.id ?? ""
    _ = try fixture.submit(id, created.challenge?.message ?? [], by: number).get()
    return id
  }

  private func report(
    _ fixture: ServicesFixture, _ id: String, _ outcome: GatehouseV1.ScreeningOutcome, provider: String = "a"
  ) throws {
    var report = GatehouseV1.ReportScreeningRequest()
    report.customerId = id
    report.outcome = outcome
    report.provider = provider
    _ = try fixture.call(.reviewServiceReportScreening, report, GatehouseV1.ReportScreeningResponse.self)
  }

  @Test func showsAllThatAWorkerNeeds() throws {
    let fixture = try fixture()
    let id = try screening(fixture, 1)
    let review = try #require(try claim(fixture, request(lease: 5000)).first)
    #expect(review.kind == .screening && review.task == .screen && review.attempt == 1)
    #expect(review.customer?.id == id && review.customer?.externalId == "external-1")
    #expect(review.customer?.wallet.isEmpty == false && review.lease.count == 8)
    let since = try #require(review.customer?.pending?.since)
    #expect(review.dueAt == since)
    #expect((review.leaseExpiresAt?.seconds ?? 0) >= since.seconds + 4)
    #expect(review.hitProvider.isEmpty && review.session == nil)
    #expect(try claim(fixture, request(max: 100)).isEmpty)
  }

  @Test func saysWhatThereIsToDo() throws {
    let fixture = try ServicesFixture(policy: Self.impatient, sandbox: Self.settings)
    let id = try screening(fixture, 1)
    try report(fixture, id, .hit, provider: "chain-check")
    let confirming = try #require(try claim(fixture, request(wait: 1000)).first)
    #expect(confirming.task == .confirmHit && confirming.hitProvider == "chain-check" && confirming.attempt == 2)
    let other = try screening(fixture, 2)
    try report(fixture, other, .clear)
    let opening = try #require(try claim(fixture, request(.verification)).first)
    #expect(opening.task == .openSession && opening.customer?.id == other && opening.session == nil)
    var session = GatehouseV1.StartVerificationRequest()
    session.customerId = other
    session.provider = "id-check"
    session.reference = "s-1"
    session.expiresAt = GoogleProtobuf.Timestamp()
    session.expiresAt?.seconds = 1
    _ = try fixture.call(.reviewServiceStartVerification, session, GatehouseV1.StartVerificationResponse.self)
    let lapsed = try #require(try claim(fixture, request(.verification)).first)
    #expect(lapsed.task == .sessionLapsed && lapsed.session?.reference == "s-1")
    #expect(lapsed.session?.provider == "id-check" && lapsed.dueAt?.seconds == 1)
  }

  private static var impatient: Policy {
    var policy = Policy()
    policy.confirmationDelay = 0
    return policy
  }

  // MARK: - Waiting

  @Test func waitsUntilThereIsOne() throws {
    let fixture = try fixture()
    let reader = fixture.open(.reviewServiceClaimReviews, request(wait: 60_000))
    guard case .idle(let end) = try reader.ask(GatehouseV1.ClaimReviewsResponse.self) else {
      Issue.record("it was answered")
      return
    }
    #expect(end == reader.now + 60_000_000_000)
    let id = try screening(fixture, 1)
    #expect(try reader.next(GatehouseV1.ClaimReviewsResponse.self)?.reviews.map { $0.customer?.id } == [id])
  }

  @Test func answersWithNoneWhenTheWaitIsOver() throws {
    let fixture = try fixture()
    let reader = fixture.open(.reviewServiceClaimReviews, request(wait: 1000))
    guard case .idle(let end) = try reader.ask(GatehouseV1.ClaimReviewsResponse.self) else {
      Issue.record("it was answered")
      return
    }
    reader.now = end
    #expect(try reader.next(GatehouseV1.ClaimReviewsResponse.self)?.reviews.isEmpty == true)
    let id = try screening(fixture, 1)
    #expect(try claim(fixture, request()).first?.customer?.id == id, "nobody was given it")
  }

  @Test func aClaimThatIsCancelledTakesNothingAway() throws {
    let fixture = try fixture()
    let waiting = fixture.open(.reviewServiceClaimReviews, request(wait: 60_000))
    _ = try waiting.ask(GatehouseV1.ClaimReviewsResponse.self)
    waiting.source.cancelled()
    let id = try screening(fixture, 1)
    let answered = fixture.open(.reviewServiceClaimReviews, request())
    // Never asked before, and gone: it has claimed nothing.
    answered.source.cancelled()
    #expect(try claim(fixture, request(wait: 60_000)).first?.customer?.id == id)
  }

  /// Given, but its loop had not come by to take it when the call was cancelled.
  @Test func whatWasGivenToACancelledClaimIsDueAtOnce() throws {
    let fixture = try fixture()
    let waiting = fixture.open(.reviewServiceClaimReviews, request(lease: 3_600_000, wait: 60_000))
    _ = try waiting.ask(GatehouseV1.ClaimReviewsResponse.self)
    let id = try screening(fixture, 1)
    waiting.source.cancelled()
    #expect(try claim(fixture, request(wait: 60_000)).first?.customer?.id == id)
  }

  // MARK: - Leases

  @Test func aLeaseIsRenewedAndGivenBack() throws {
    let fixture = try fixture()
    _ = try screening(fixture, 1)
    let lease = try #require(try claim(fixture, request()).first).lease
    let renewed = try renew(fixture, [lease, [UInt8](repeating: 9, count: 8)], milliseconds: 60_000)
    #expect(renewed.leases == [lease] && renewed.leaseExpiresAt != nil)
    #expect(try claim(fixture, request()).isEmpty)
    let back = try renew(fixture, [lease], milliseconds: 0)
    #expect(back.leases == [lease] && back.leaseExpiresAt == nil)
    #expect(try renew(fixture, [lease], milliseconds: 0).leases.isEmpty)
    #expect(try claim(fixture, request()).count == 1)
  }

  @Test func aReportEndsTheLease() throws {
    let fixture = try fixture()
    let id = try screening(fixture, 1)
    let lease = try #require(try claim(fixture, request()).first).lease
    try report(fixture, id, .inconclusive)
    #expect(try renew(fixture, [lease], milliseconds: 1000).leases.isEmpty)
    #expect(try claim(fixture, request()).isEmpty, "it backs off")
  }

  // MARK: - Refusals

  @Test func fieldsAreChecked() throws {
    let fixture = try fixture()
    for (request, field) in [
      (request(.unspecified), "kind"), (request(GatehouseV1.ReviewKind(rawValue: 3)), "kind"),
      (request(max: 101), "max"), (request(lease: 99), "lease_ms"), (request(lease: 3_600_001), "lease_ms"),
      (request(wait: 60_001), "wait_ms"),
    ] {
      let reader = fixture.open(.reviewServiceClaimReviews, request)
      let status = #expect(throws: Status.self) { try reader.next(GatehouseV1.ClaimReviewsResponse.self) }
      #expect(status?.reason == "FIELD_INVALID" && status?.errorInfo?.metadata["field"] == field)
    }
    let leases = [[UInt8]](repeating: [UInt8](repeating: 0, count: 8), count: 101)
    for (leases, milliseconds, field) in [
      (leases, 1000, "leases"), ([[1, 2, 3]], 1000, "leases"), ([], 99, "lease_ms"), ([], 3_600_001, "lease_ms"),
    ] as [([[UInt8]], UInt32, String)] {
      let status = #expect(throws: Status.self) { try renew(fixture, leases, milliseconds: milliseconds) }
      #expect(status?.errorInfo?.metadata["field"] == field)
    }
  }

  // MARK: - Counts

  @Test func statsShowWhoWaitsForWhom() throws {
    let fixture = try fixture()
    let ids = try (1...4).map { try self.screening(fixture, $0) }
    _ = try claim(fixture, request())
    try report(fixture, ids[1], .inconclusive)
    try report(fixture, ids[2], .hit)
    try report(fixture, ids[2], .clear)
    let reader = fixture.open(.customerServiceWatchStats, GatehouseV1.WatchStatsRequest())
    let stats = try #require(try reader.next(GatehouseV1.WatchStatsResponse.self))
    let screening = try #require(stats.reviews.first)
    #expect(stats.reviews.count == 1 && screening.kind == .screening)
    #expect([screening.due, screening.leased, screening.waiting] as [UInt64] == [1, 1, 1])
    #expect(screening.oldestDueAt != nil)
    #expect(stats.attentionReasons.map(\.attention) == [.conflictingOutcomes])
    #expect(stats.attentionReasons.map(\.customers) == [1] && stats.attention == 1)
    let count = try #require(stats.counts.first { $0.state == .screening })
    #expect(count.customers == 4 && count.oldestSince != nil)
    // A claim is no event, and told all the same.
    _ = try claim(fixture, request())
    reader.now += 1_000_000_000
    let later = try #require(try reader.next(GatehouseV1.WatchStatsResponse.self))
    #expect(later.revision == stats.revision && later.reviews.first?.leased == 2)
  }
}
