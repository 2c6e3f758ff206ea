internal import Testing

@testable import Lifecycle

@Suite struct StandingTests {
  /// A server keeps one for each customer: a million customers cost 48 MB here, and boxes only where reviews are open.
  @Test func staysSmall() {
    #expect(MemoryLayout<Standing>.size == 45)
    #expect(MemoryLayout<Standing>.stride == 48)
    #expect(MemoryLayout<Proof>.size == 44)
    #expect(MemoryLayout<Monitoring>.size == 24)
    #expect(MemoryLayout<CustomerID>.size == 16)
    #expect(MemoryLayout<Nonce>.size == 22)
    #expect(MemoryLayout<Timestamp>.size == 8)
    #expect(MemoryLayout<HoldKinds>.size == 2)
    #expect(MemoryLayout<Refusal>.size <= 16)
    #expect(MemoryLayout<Decision>.size <= 88)
  }

  /// These numbers are on the wire and in the journal.
  @Test func numbersAreThoseOfTheWire() {
    #expect(State.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6])
    #expect(
      State.allCases.map(\.name) == ["INITIATING", "SCREENING", "VERIFYING", "ACTIVE", "INACTIVE", "REJECTED"])
    #expect(HoldKind.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(HoldKind.allCases.map(\.name) == ["PARTNER", "OPERATIONAL", "RISK"])
    #expect(Attention.allCases.map(\.rawValue) == [0, 1, 2, 3])
    #expect(
      Attention.allCases.map(\.name) == ["", "ATTEMPTS_EXHAUSTED", "CONFLICTING_OUTCOMES", "DEADLINE_PASSED"])
    #expect(CommandName.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    #expect(
      CommandName.allCases.map(\.name) == [
        "CREATE_CUSTOMER", "ISSUE_CHALLENGE", "SUBMIT_CHALLENGE", "REPORT_SCREENING", "START_VERIFICATION",
        "REPORT_VERIFICATION", "ACTIVATE", "DEACTIVATE", "REJECT", "REQUEST_SCREENING", "PASS_DEADLINE",
      ])
    #expect(Outcome.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(
      Outcome.allCases.map(\.name) == [
        "CLEAR", "HIT", "INCONCLUSIVE", "APPROVED", "DECLINED", "RETRY", "EXPIRED", "SIGNATURE_MISMATCH",
        "CHALLENGE_EXPIRED", "CHALLENGE_RENEWED",
      ])
    #expect(ScreeningReport.Outcome.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(VerificationReport.Outcome.allCases.map(\.rawValue) == [1, 2, 3, 4])
    #expect(Pending.Subject.allCases.map(\.rawValue) == [1, 2, 3])
    #expect(Role.allCases.map { Role(name: $0.name) } == Role.allCases)
    #expect(Role(name: "Platform") == nil)
  }

  @Test func reasonIsThatOfTheNewestHoldOrTheRejection() {
    let holds = [
      Hold(kind: .partner, reason: "lost phone", at: start), Hold(kind: .risk, reason: "under review", at: start),
    ]
    #expect(Standing.inactive(holds).reason == "under review")
    #expect(Standing.rejected(reason: "SCREENING_FAILED").reason == "SCREENING_FAILED")
    #expect(Standing.settled.reason == "")
    #expect(Standing.inactive(holds).holdKinds == [.partner, .risk])
    #expect(Standing.settled.holdKinds.isEmpty)
  }

  @Test func pendingSaysWhatIsWaitedFor() throws {
    let review = Review(
      since: start, attempt: 3, nextAttemptAt: start + 5, lastOutcome: .inconclusive, attention: .attemptsExhausted)
    let screening = try #require(Standing.screening(review).pending(createdAt: start + 1))
    #expect(screening.on == .screening)
    #expect((screening.since, screening.attempt) == (start, 3))
    #expect(screening.nextAttemptAt == start + 5)
    #expect(screening.lastOutcome == .inconclusive)
    #expect(screening.attention == .attemptsExhausted)
    #expect(Standing.verifying(review).pending(createdAt: start + 1)?.on == .verification)
    let challenge = try #require(Standing.taken.pending(createdAt: start + 1))
    #expect((challenge.on, challenge.since, challenge.attempt) == (.challenge, start + 1, 1))
    for settled in [Standing.settled, .held(.risk), .rejected(reason: "")] {
      #expect(settled.pending(createdAt: start) == nil)
      #expect(settled.attention == .none)
      #expect(settled.reviewDueAt == nil)
    }
  }

  @Test func reviewIsDueWhenAnAdapterHasSomethingToDo() {
    let fresh = Review(since: start)
    let later = Review(since: start, attempt: 2, nextAttemptAt: start + 9, lastOutcome: .hit, hits: 1)
    let flagged = Review(since: start, attention: .conflictingOutcomes)
    #expect(Standing.screening(fresh).reviewDueAt == start)
    #expect(Standing.screening(later).reviewDueAt == start + 9)
    #expect(Standing.screening(flagged).reviewDueAt == nil)
    #expect(Standing.verifying(fresh).reviewDueAt == start)
    #expect(Standing.verifying(flagged).reviewDueAt == nil)
    let endless = Review(since: start, session: Session(provider: "p", reference: "r", url: ""))
    let lapsing = Review(since: start, session: Session(provider: "p", reference: "r", url: "", expiresAt: start + 7))
    #expect(Standing.verifying(endless).reviewDueAt == nil)
    #expect(Standing.verifying(lapsing).reviewDueAt == start + 7)
    #expect(Standing.taken.reviewDueAt == nil)
  }
}
