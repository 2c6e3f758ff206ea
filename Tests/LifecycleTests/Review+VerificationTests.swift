internal import Testing

@testable import Lifecycle

@Suite struct ReviewVerificationTests {
  private let now = start + 100 * second
  private let first = Session(provider: "kyc", reference: "s-1", url: "https://kyc.example/s-1")
  private let other = Session(provider: "kyc", reference: "s-2", url: "", expiresAt: start + 3600 * second)

  private func verifying(
    attempt: UInt32 = 1, session: Session? = nil, attention: Attention = .none, lastOutcome: Outcome? = nil
  ) -> Standing {
    .verifying(
      Review(since: start, attempt: attempt, lastOutcome: lastOutcome, attention: attention, session: session))
  }

  private func begin(_ session: Session, attempt: UInt32 = 0) -> Command {
    .startVerification(attempt: attempt, session)
  }

  @Test func aSessionIsKeptForItsAttempt() {
    for attempt in [0, 1] as [UInt32] {
      #expect(
        decided(verifying(), begin(first, attempt: attempt), at: now)
          == .change(verifying(session: first), refusal: nil))
    }
    #expect(decided(verifying(session: first), begin(first), at: now) == .unchanged)
    #expect(
      decided(verifying(session: first), begin(other), at: now) == .change(verifying(session: other), refusal: nil))
    #expect(decided(verifying(attempt: 2), begin(first, attempt: 1), at: now) == .noted)
    #expect(decided(verifying(attempt: 2), begin(first, attempt: 3), at: now) == .noted)
  }

  @Test func approvalAndRefusalEndIt() {
    // The coming into VERIFYING was the clear screening, of whatever number.
    let approved = Standing.active(Monitoring(clearedAt: start))
    for session in [nil, first] {
      for attention in [Attention.none, .attemptsExhausted] {
        let standing = verifying(attempt: 5, session: session, attention: attention)
        for attempt in [0, 5] as [UInt32] {
          #expect(decided(standing, verified(.approved, attempt: attempt)) == .change(approved, refusal: nil))
          #expect(
            decided(standing, verified(.declined, attempt: attempt))
              == .change(.rejected(reason: "VERIFICATION_DECLINED"), refusal: nil))
        }
      }
    }
  }

  @Test func retryOpensTheNextAttemptUntilAPersonHasToLook() throws {
    var standing = verifying(session: first)
    for attempt in 1..<policy.verificationAttempts {
      let command = verified(.retry, attempt: attempt, reason: "photo \(attempt) is blurred")
      standing = try #require(decided(standing, command, at: now).standing)
      #expect(
        standing
          == .verifying(
            Review(
              since: start, attempt: attempt + 1, lastOutcome: .retry, reason: "photo \(attempt) is blurred")))
      #expect(decided(standing, command, at: now) == .noted)
      standing = try #require(decided(standing, begin(first), at: now).standing)
      #expect(standing.review?.reason == "photo \(attempt) is blurred")
    }
    standing = try #require(decided(standing, verified(.retry, reason: "again"), at: now).standing)
    #expect(
      standing
        == .verifying(
          Review(since: start, attempt: 5, lastOutcome: .retry, attention: .attemptsExhausted, reason: "again")))
    #expect(decided(standing, verified(.retry, reason: "once more"), at: now) == .noted)
    #expect(decided(standing, verified(.expired), at: now) == .noted)
  }

  @Test func aLapsedSessionMakesRoomForAnother() throws {
    let standing = verifying(attempt: 2, session: first, lastOutcome: .retry)
    let lapsed = try #require(decided(standing, verified(.expired, attempt: 2), at: now).standing)
    #expect(lapsed == verifying(attempt: 2, lastOutcome: .expired))
    #expect(lapsed.reviewDueAt == start)
    #expect(decided(lapsed, verified(.expired, attempt: 2), at: now) == .noted)
    #expect(decided(verifying(), verified(.expired), at: now).standing == verifying(lastOutcome: .expired))
  }

  @Test(arguments: [("", true), ("s-1", true), ("s-2", false)])
  func theLapseOfAReplacedSessionLeavesTheOpenOneAlone(reference: String, ends: Bool) {
    let decision = decided(verifying(session: first), verified(.expired, reference: reference))
    #expect(decision == (ends ? .change(verifying(lastOutcome: .expired), refusal: nil) : .noted))
    let nameless = Session(provider: "kyc", reference: "", url: "")
    #expect(decided(verifying(session: nameless), verified(.expired, reference: reference)).standing != nil)
  }

  @Test func theNumberOfTheScreeningIsHandedOn() {
    let standing = Standing.verifying(Review(since: start, screenings: 3))
    #expect(
      decided(standing, verified(.approved), at: now).standing
        == .active(Monitoring(clearedAt: start, screenings: 3)))
  }

  @Test func reportsOfOtherSessionsChangeNothing() {
    for outcome in VerificationReport.Outcome.allCases {
      #expect(decided(verifying(session: first), verified(outcome, reference: "s-2")) == .noted)
      #expect(decided(verifying(session: first), verified(outcome, attempt: 1, reference: "s-2")) == .noted)
      #expect(decided(verifying(session: first), verified(outcome, reference: "s-1")).standing != nil)
    }
  }

  @Test func reportsOfOtherAttemptsChangeNothing() {
    for attempt in [1, 2, 4, 5, .max] as [UInt32] {
      for outcome in VerificationReport.Outcome.allCases {
        #expect(decided(verifying(attempt: 3, session: first), verified(outcome, attempt: attempt)) == .noted)
      }
    }
  }

  @Test func theAttemptStopsAtItsEnd() {
    var endless = policy
    endless.verificationAttempts = .max
    let decision = decided(verifying(attempt: .max), verified(.retry), under: endless)
    #expect(decision.standing?.attention == .attemptsExhausted)
  }
}
