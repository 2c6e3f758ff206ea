internal import Testing

@testable import Lifecycle

@Suite struct ReviewScreeningTests {
  private let now = start + 100 * second

  private func screening(
    attempt: UInt32 = 1, hits: UInt32 = 0, attention: Attention = .none, lastOutcome: Outcome? = nil
  ) -> Standing {
    .screening(
      Review(since: start, attempt: attempt, lastOutcome: lastOutcome, attention: attention, hits: hits))
  }

  @Test func clearOpensTheVerification() {
    for attempt in [0, 1] as [UInt32] {
      #expect(
        decided(screening(), screened(.clear, attempt: attempt), at: now)
          == .change(.verifying(Review(since: now, screenings: 1)), refusal: nil))
    }
    #expect(
      decided(screening(attempt: 4, lastOutcome: .inconclusive), screened(.clear, attempt: 4), at: now).standing
        == .verifying(Review(since: now, screenings: 4)))
  }

  @Test func aHitIsConfirmedBeforeItCounts() throws {
    let first = try #require(decided(screening(), screened(.hit, attempt: 1), at: now).standing)
    #expect(
      first
        == .screening(
          Review(
            since: start, attempt: 2, nextAttemptAt: now + 60 * second, lastOutcome: .hit, hits: 1,
            lastHit: Hit(at: now, provider: ""))))
    #expect(decided(first, screened(.hit, attempt: 1), at: now + 60 * second) == .noted)
    #expect(
      decided(first, screened(.hit, attempt: 2), at: now + 60 * second)
        == .change(.rejected(reason: "SCREENING_FAILED"), refusal: nil))
  }

  /// A provider that says the same at once may be asked as often as one likes: it confirms nothing. Nor does one that
  /// does not say who it is.
  @Test func theSameHitOnceMoreConfirmsNothing() throws {
    let first = try #require(decided(screening(), screened(.hit, provider: "a"), at: now).standing)
    let just = now + (60 * second - 1)
    for (provider, isAnother) in [("a", false), ("", false), ("b", true)] {
      for attempt in [0, 2] as [UInt32] {
        let decision = decided(first, screened(.hit, attempt: attempt, provider: provider), at: just)
        if isAnother {
          #expect(decision == .change(.rejected(reason: "SCREENING_FAILED"), refusal: nil))
        } else {
          var expected = try #require(first.review)
          expected.attempt = 3
          #expect(decision == .change(.screening(expected), refusal: nil), "due when it was, and one hit as before")
        }
        let later = decided(first, screened(.hit, attempt: attempt, provider: provider), at: just + 1)
        #expect(later.standing?.state == .rejected)
      }
    }
    #expect(decided(first, screened(.hit, final: true, provider: "a"), at: now).standing?.state == .rejected)
  }

  /// It is the time of the hit that counts, not that of an attempt in between.
  @Test func theSameHitOnceMoreAlsoUsesTheLastAttemptUp() throws {
    let first = try #require(decided(screening(attempt: 9), screened(.hit, provider: "a"), at: now).standing)
    let last = try #require(decided(first, screened(.hit, provider: "a"), at: now + 1).standing)
    #expect(last.attention == .attemptsExhausted && last.review?.hits == 1)
  }

  @Test func aHitIsRememberedOverInconclusiveAttempts() throws {
    let first = try #require(decided(screening(), screened(.hit, provider: "a"), at: now).standing)
    let second = try #require(decided(first, screened(.inconclusive, provider: "b"), at: now + 1).standing)
    #expect(second.review?.lastHit == Hit(at: now, provider: "a"))
    #expect(decided(second, screened(.hit, provider: "a"), at: now + 2).standing?.review?.hits == 1)
    #expect(decided(second, screened(.hit, provider: "b"), at: now + 2).standing?.state == .rejected)
    #expect(
      decided(second, screened(.hit, provider: "a"), at: now + policy.confirmationDelay).standing?.state == .rejected)
  }

  @Test func anInconclusiveAnswerNeitherConfirmsNorClears() throws {
    var standing = screening()
    for (command, hits) in [(screened(.hit), 1), (screened(.inconclusive), 1), (screened(.inconclusive), 1)] {
      standing = try #require(decided(standing, command, at: now).standing)
      #expect(standing.review?.hits == UInt32(hits))
      #expect(standing.state == .screening)
    }
    #expect(decided(standing, screened(.hit), at: now + 60 * second).standing?.state == .rejected)
  }

  @Test func moreHitsThanTwoCanBeAskedForButNotFewer() throws {
    var strict = policy
    strict.hitsToReject = 3
    #expect(decided(screening(hits: 1), screened(.hit), under: strict).standing?.state == .screening)
    #expect(decided(screening(hits: 2), screened(.hit), under: strict).standing?.state == .rejected)
    for hits in [0, 1] as [UInt32] {
      strict.hitsToReject = hits
      #expect(decided(screening(), screened(.hit), under: strict).standing?.state == .screening)
    }
  }

  @Test func aClearAfterAnUnconfirmedHitIsForAPerson() throws {
    let flagged = try #require(decided(screening(attempt: 2, hits: 1), screened(.clear), at: now).standing)
    #expect(
      flagged
        == .screening(
          Review(since: start, attempt: 2, lastOutcome: .clear, attention: .conflictingOutcomes, hits: 1)))
    for outcome in ScreeningReport.Outcome.allCases {
      #expect(decided(flagged, screened(outcome), at: now) == .noted)
      #expect(decided(flagged, screened(outcome, attempt: 2), at: now) == .noted)
    }
    #expect(decided(flagged, screened(.inconclusive, final: true), at: now) == .noted)
    #expect(decided(flagged, screened(.clear, final: true), at: now).standing?.state == .verifying)
    #expect(decided(flagged, screened(.hit, final: true), at: now).standing?.state == .rejected)
    #expect(decided(flagged, screened(.hit, attempt: 1, final: true), at: now) == .noted)
  }

  @Test func aPersonsWordNeedsNoConfirmation() {
    #expect(
      decided(screening(), screened(.hit, final: true))
        == .change(.rejected(reason: "SCREENING_FAILED"), refusal: nil))
    #expect(decided(screening(hits: 1), screened(.clear, final: true)).standing?.state == .verifying)
    #expect(decided(screening(), screened(.inconclusive, final: true)).standing?.review?.attempt == 2)
  }

  @Test func inconclusiveAnswersBackOffUntilAPersonHasToLook() throws {
    var standing = screening()
    for attempt in 1..<policy.screeningAttempts {
      let command = screened(.inconclusive, attempt: attempt)
      let jitter = UInt64(attempt) * 1_000_003
      let delay = policy.backoff(afterAttempt: attempt, jitter: jitter)
      standing = try #require(decided(standing, command, at: now, jitter: jitter).standing)
      #expect(
        standing
          == .screening(
            Review(since: start, attempt: attempt + 1, nextAttemptAt: now + delay, lastOutcome: .inconclusive)))
      #expect(decided(standing, command, at: now) == .noted)
    }
    standing = try #require(decided(standing, screened(.inconclusive), at: now).standing)
    #expect(
      standing
        == .screening(
          Review(since: start, attempt: 10, lastOutcome: .inconclusive, attention: .attemptsExhausted)))
    for outcome in ScreeningReport.Outcome.allCases {
      #expect(decided(standing, screened(outcome, attempt: 10), at: now) == .noted)
    }
    #expect(decided(standing, screened(.clear, attempt: 10, final: true)).standing?.state == .verifying)
    #expect(decided(standing, screened(.hit, attempt: 10, final: true)).standing?.state == .rejected)
  }

  @Test func anUnconfirmedHitOnTheLastAttemptIsForAPerson() {
    let decision = decided(screening(attempt: 10), screened(.hit), at: now)
    #expect(
      decision.standing
        == .screening(
          Review(
            since: start, attempt: 10, lastOutcome: .hit, attention: .attemptsExhausted, hits: 1,
            lastHit: Hit(at: now, provider: ""))))
  }

  @Test func reportsOfOtherAttemptsChangeNothing() {
    for attempt in [1, 2, 4, 5, .max] as [UInt32] {
      for outcome in ScreeningReport.Outcome.allCases {
        for final in [false, true] {
          #expect(decided(screening(attempt: 3), screened(outcome, attempt: attempt, final: final)) == .noted)
        }
      }
    }
  }

  @Test func countersStopAtTheirEnds() {
    var endless = policy
    endless.screeningAttempts = .max
    endless.hitsToReject = .max
    let last = screening(attempt: .max, hits: .max - 1)
    #expect(decided(last, screened(.inconclusive), under: endless).standing?.attention == .attemptsExhausted)
    #expect(decided(last, screened(.hit), under: endless).standing?.state == .rejected)
    #expect(decided(screening(hits: .max), screened(.hit), under: endless).standing?.state == .rejected)
  }
}
