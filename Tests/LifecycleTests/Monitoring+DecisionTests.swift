internal import Testing

@testable import Lifecycle

@Suite struct MonitoringDecisionTests {
  private let now = start + 100 * second
  /// A customer whose first screening took three attempts.
  private let known = Monitoring(clearedAt: start, screenings: 3)

  private func open(
    attempt: UInt32 = 4, hits: UInt32 = 0, attention: Attention = .none, dueAt: Timestamp? = nil,
    after outcome: Outcome? = nil, since: Timestamp = start, screenings: UInt32 = 3, hitAt: Timestamp? = nil
  ) -> Monitoring {
    Monitoring(
      clearedAt: start, screenings: 3,
      review: Review(
        since: since, attempt: attempt, nextAttemptAt: dueAt, lastOutcome: outcome, attention: attention, hits: hits,
        lastHit: hitAt.map { Hit(at: $0, provider: "") }, screenings: screenings))
  }

  private func risk(at time: Timestamp) -> Hold { Hold(kind: .risk, reason: "SCREENING_REVIEW", at: time) }

  // MARK: - RequestScreening

  @Test func aScreeningIsOpenedBesideTheState() {
    let opened = open(since: now)
    #expect(decided(.active(known), .requestScreening, at: now) == .change(.active(opened), refusal: nil))
    let holds = Standing.held(.partner, .risk).holds
    #expect(
      decided(.inactive(holds, known), .requestScreening, at: now) == .change(.inactive(holds, opened), refusal: nil))
  }

  @Test func whereTheNumbersAreNotKnownTheyBeginBehindWhatThePolicyAllows() {
    var policy = policy
    policy.screeningAttempts = 7
    let review = decided(.settled, .requestScreening, under: policy).standing?.review
    #expect(review == Review(since: start, attempt: 8, screenings: 7))
    policy.screeningAttempts = .max
    #expect(decided(.settled, .requestScreening, under: policy).standing?.review?.attempt == .max)
  }

  @Test func anOpenScreeningIsEnough() {
    #expect(decided(.active(open()), .requestScreening, at: now) == .unchanged)
    #expect(decided(.active(open(attempt: .max, attention: .attemptsExhausted)), .requestScreening) == .unchanged)
  }

  @Test func oneThatWaitsForAPersonBeginsAnew() {
    for attention in [Attention.attemptsExhausted, .conflictingOutcomes, .deadlinePassed] {
      let stuck = open(attempt: 13, hits: 1, attention: attention, after: .hit)
      let again = open(attempt: 14, hits: 1, after: .hit, since: now, screenings: 13)
      #expect(decided(.active(stuck), .requestScreening, at: now) == .change(.active(again), refusal: nil))
    }
  }

  @Test func itIsForThePlatformAndForThoseWhoWereTakenIn() {
    for role in [Role.partner, .observer] {
      #expect(decided(.active(known), .requestScreening, by: role) == .refused(.roleNotAllowed))
    }
    let others: [Standing?] = [
      nil, .taken, .screening(Review(since: start)), .verifying(Review(since: start)), .rejected(reason: ""),
    ]
    for standing in others {
      guard
        case .refused(.illegalTransition(standing?.state, .requestScreening, _)) = decided(standing, .requestScreening)
      else {
        Issue.record("\(String(describing: standing)) is not to be screened again")
        continue
      }
    }
  }

  // MARK: - ReportScreening

  @Test func clearEndsItAndLiftsNothing() {
    let cleared = Monitoring(clearedAt: now, screenings: 4)
    for attempt in [0, 4] as [UInt32] {
      #expect(
        decided(.active(open()), screened(.clear, attempt: attempt), at: now)
          == .change(.active(cleared), refusal: nil))
    }
    let holds = [risk(at: start)]
    #expect(
      decided(.inactive(holds, open()), screened(.clear), at: now) == .change(.inactive(holds, cleared), refusal: nil))
  }

  @Test func aHitHoldsAtOnceAndAConfirmedOneRejects() throws {
    let held = Standing.inactive(
      [risk(at: now)], open(attempt: 5, hits: 1, dueAt: now + 60 * second, after: .hit, hitAt: now))
    #expect(decided(.active(open()), screened(.hit, attempt: 4), at: now) == .change(held, refusal: nil))
    #expect(held.reason == "SCREENING_REVIEW")
    #expect(decided(held, screened(.hit, attempt: 4), at: now) == .noted)
    #expect(
      decided(held, screened(.hit, attempt: 5), at: now + 60 * second)
        == .change(.rejected(reason: "SCREENING_FAILED"), refusal: nil))
    #expect(
      decided(.active(open()), screened(.hit, final: true), at: now)
        == .change(.rejected(reason: "SCREENING_FAILED"), refusal: nil))
  }

  @Test func aHitAddsItsHoldToOthersOnce() {
    let partner = Standing.held(.partner).holds
    let next = open(attempt: 5, hits: 1, dueAt: now + 60 * second, after: .hit, hitAt: now)
    #expect(
      decided(.inactive(partner, open()), screened(.hit), at: now).standing
        == .inactive(partner + [risk(at: now)], next))
    let risky = Standing.held(.risk).holds
    #expect(decided(.inactive(risky, open()), screened(.hit), at: now).standing == .inactive(risky, next))
  }

  @Test func aClearAfterAHitIsForAPersonAndSoIsTheHold() throws {
    let held = Standing.inactive([risk(at: start)], open(attempt: 5, hits: 1, after: .hit))
    let flagged = try #require(decided(held, screened(.clear), at: now).standing)
    #expect(
      flagged
        == .inactive([risk(at: start)], open(attempt: 5, hits: 1, attention: .conflictingOutcomes, after: .clear)))
    for outcome in ScreeningReport.Outcome.allCases {
      #expect(decided(flagged, screened(outcome), at: now) == .noted)
    }
    let decidedByPerson = try #require(decided(flagged, screened(.clear, final: true), at: now).standing)
    #expect(decidedByPerson == .inactive([risk(at: start)], Monitoring(clearedAt: now, screenings: 5)))
    #expect(decided(decidedByPerson, .activate([]), by: .partner) == .refused(.onHold([.risk])))
    #expect(
      decided(decidedByPerson, .activate([.risk])).standing == .active(Monitoring(clearedAt: now, screenings: 5)))
  }

  /// The attempts are counted from the beginning of this screening, not from the customer's first.
  @Test func inconclusiveAnswersAreTriedAgainAsOftenAsTheFirstTime() throws {
    var standing = Standing.active(open())
    for attempt in 1..<policy.screeningAttempts {
      let jitter = UInt64(attempt) * 7919
      standing = try #require(
        decided(standing, screened(.inconclusive, attempt: attempt + 3), at: now, jitter: jitter).standing)
      let delay = policy.backoff(afterAttempt: attempt, jitter: jitter)
      #expect(standing == .active(open(attempt: attempt + 4, dueAt: now + delay, after: .inconclusive)))
      #expect(standing.reviewDueAt == now + delay)
    }
    standing = try #require(decided(standing, screened(.inconclusive), at: now).standing)
    #expect(
      standing
        == .active(open(attempt: 13, attention: .attemptsExhausted, after: .inconclusive)))
    #expect(standing.attention == .attemptsExhausted)
    #expect(standing.reviewDueAt == nil)
  }

  /// Those of the first screening among them.
  @Test func reportsOfOtherAttemptsChangeNothing() {
    for monitoring in [known, open()] {
      for standing in [Standing.active(monitoring), .inactive([risk(at: start)], monitoring)] {
        for outcome in ScreeningReport.Outcome.allCases {
          for attempt in [1, 2, 3, 5, .max] as [UInt32] {
            #expect(decided(standing, screened(outcome, attempt: attempt)) == .noted)
            #expect(decided(standing, screened(outcome, attempt: attempt, final: true)) == .noted)
          }
        }
      }
    }
  }

  @Test func withoutAnOpenScreeningThereIsNoPresentAttempt() {
    guard
      case .refused(.illegalTransition(.active, .reportScreening, let allowed)) = decided(
        .active(known), screened(.hit))
    else { return #expect(Bool(false), "a report on nothing that is open") }
    #expect(allowed == [.activate, .deactivate, .reject, .requestScreening])
  }

  // MARK: - Beside the screening

  @Test func holdsComeAndGoWithoutIt() {
    let monitoring = open(hits: 1)
    let holds = [Hold(kind: .partner, reason: "lost", at: now)]
    #expect(
      decided(.active(monitoring), .deactivate(.partner, reason: "lost"), at: now).standing
        == .inactive(holds, monitoring))
    #expect(decided(.inactive(holds, monitoring), .activate([])).standing == .active(monitoring))
    #expect(decided(.active(monitoring), .activate([])) == .unchanged)
    #expect(decided(.active(monitoring), .reject(reason: "EVIDENCE")).standing == .rejected(reason: "EVIDENCE"))
  }

  @Test func itShowsWhatItWaitsFor() throws {
    let monitoring = open(attempt: 5, hits: 1, dueAt: start + 9, after: .hit)
    for standing in [Standing.active(monitoring), .inactive([risk(at: start)], monitoring)] {
      let pending = try #require(standing.pending(createdAt: start + 1))
      #expect((pending.on, pending.since, pending.attempt) == (.screening, start, 5))
      #expect((pending.nextAttemptAt, pending.lastOutcome, pending.attention) == (start + 9, .hit, .none))
      #expect(standing.reviewDueAt == start + 9)
    }
    #expect(Standing.active(open()).reviewDueAt == start)
  }

  @Test func theIntervalRunsFromTheLastClearScreening() {
    var policy = policy
    #expect(Standing.active(known).rescreeningDueAt(under: policy) == nil)
    policy.rescreeningInterval = 7 * second
    #expect(Standing.active(known).rescreeningDueAt(under: policy) == start + 7 * second)
    #expect(Standing.inactive([risk(at: now)], known).rescreeningDueAt(under: policy) == start + 7 * second)
    #expect(Standing.settled.rescreeningDueAt(under: policy) == Timestamp(microseconds: 7 * second))
    for other in [
      Standing.active(open()), .taken, .screening(Review(since: start)), .verifying(Review(since: start)),
      .rejected(reason: ""),
    ] {
      #expect(other.rescreeningDueAt(under: policy) == nil)
    }
  }
}
