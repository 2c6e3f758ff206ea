internal import Testing

@testable import Lifecycle

@Suite struct DeadlineTests {
  private static let session = Session(provider: "kyc", reference: "s-1", url: "")
  private static let waiting: [Standing] = [
    .screening(Review(since: start)),
    .screening(
      Review(since: start, attempt: 3, nextAttemptAt: start + 9 * policy.screeningDeadline, lastOutcome: .hit)),
    .active(Monitoring(review: Review(since: start, attempt: 4, screenings: 3))),
    .inactive(
      Standing.held(.risk).holds,
      Monitoring(review: Review(since: start, attempt: 5, lastOutcome: .hit, hits: 1, screenings: 3))),
    .verifying(Review(since: start)),
    .verifying(Review(since: start, attempt: 2, lastOutcome: .retry, session: session, reason: "blurred")),
  ]

  private func duration(_ standing: Standing) -> Int64 {
    standing.state == .verifying ? policy.verificationDeadline : policy.screeningDeadline
  }

  @Test func passesOnceAndThenAPersonHasToLook() throws {
    for standing in Self.waiting {
      let deadline = start + duration(standing)
      #expect(standing.deadlineAt(under: policy) == deadline)
      #expect(decideDeadline(standing, at: deadline - 1, under: policy) == .unchanged)
      let late = try #require(decideDeadline(standing, at: deadline, under: policy).standing)
      #expect(late.attention == .deadlinePassed)
      #expect(late.reviewDueAt == nil && late.deadlineAt(under: policy) == nil)
      #expect(decideDeadline(late, at: deadline + second, under: policy) == .unchanged)
      var before = try #require(standing.review)
      before.nextAttemptAt = nil
      before.attention = .deadlinePassed
      #expect(late.review == before, "nothing else is changed")
      #expect(late.state == standing.state)
    }
  }

  @Test func whoHasAttentionHasNoDeadline() {
    for attention in Attention.allCases where attention != .none {
      for standing in [
        Standing.screening(Review(since: start, attention: attention)),
        .verifying(Review(since: start, attention: attention)),
      ] {
        #expect(standing.deadlineAt(under: policy) == nil)
        #expect(decideDeadline(standing, at: start + 10 * policy.verificationDeadline, under: policy) == .unchanged)
      }
    }
  }

  @Test func thereMayBeNone() {
    var endless = policy
    endless.screeningDeadline = 0
    endless.verificationDeadline = 0
    for standing in Self.waiting {
      #expect(standing.deadlineAt(under: endless) == nil)
      #expect(decideDeadline(standing, at: Timestamp(microseconds: .max), under: endless) == .unchanged)
    }
  }

  @Test func noOtherStateHasOne() {
    for standing in [Standing.settled, .held(.risk)] {
      #expect(standing.deadlineAt(under: policy) == nil)
      #expect(decideDeadline(standing, at: Timestamp(microseconds: .max), under: policy) == .unchanged)
    }
    for standing in [Standing.taken, .rejected(reason: "")] {
      #expect(standing.deadlineAt(under: policy) == nil)
      let expected = Refusal.illegalTransition(from: standing.state, command: .passDeadline, allowed: [])
      #expect(decideDeadline(standing, at: Timestamp(microseconds: .max), under: policy) == .refused(expected))
    }
  }

  /// What comes too late to be followed is kept; a person decides.
  @Test func afterItAPersonDecides() throws {
    let deadline = start + policy.screeningDeadline
    let late = try #require(decideDeadline(Self.waiting[0], at: deadline, under: policy).standing)
    for outcome in ScreeningReport.Outcome.allCases {
      #expect(decided(late, screened(outcome), at: deadline) == .noted)
    }
    #expect(decided(late, screened(.clear, final: true), at: deadline).standing?.state == .verifying)
    #expect(decided(late, screened(.hit, final: true), at: deadline).standing?.state == .rejected)
    let end = start + policy.verificationDeadline
    let unseen = try #require(decideDeadline(Self.waiting[5], at: end, under: policy).standing)
    #expect(decided(unseen, verified(.retry, attempt: 2), at: end) == .noted)
    #expect(decided(unseen, verified(.approved, attempt: 2), at: end).standing?.state == .active)
    #expect(decided(unseen, verified(.declined, attempt: 2), at: end).standing?.state == .rejected)
  }

  @Test func noRoleCommandsIt() {
    #expect(TransitionTable.roles(for: .passDeadline).isEmpty)
    for state in State.allCases {
      for role in Role.allCases {
        #expect(!TransitionTable.allowed(in: state, for: role).contains(.passDeadline))
      }
    }
    #expect(TransitionTable.lines.count { $0.contains("PASS_DEADLINE") && $0.hasSuffix("the clock") } == 4)
  }
}
