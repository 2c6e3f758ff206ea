internal import Testing

@testable import Lifecycle

@Suite struct ProofDecisionTests {
  private let expiry = start + 3600 * second

  private func submit(_ proof: SubmittedProof, replacement: UInt64 = 2) -> Command {
    .submitChallenge(proof, replacement: nonce(replacement))
  }

  // MARK: GetChallenge

  @Test func challengeStaysUntilTheMomentOfItsExpiry() throws {
    let issue = Command.issueChallenge(nonce: nonce(2), renew: false)
    for alive in [start - 1, start, start + 1, expiry - 1] {
      #expect(decided(.taken, issue, by: .partner, at: alive) == .unchanged)
    }
    for dead in [expiry, expiry + 1, expiry + 1_000_000 * second] {
      let decision = decided(.taken, issue, by: .partner, at: dead)
      let proof = try #require(decision.standing?.proof)
      #expect(decision.refusal == nil)
      #expect(proof.nonce == nonce(2))
      #expect(proof.issuedAt == dead.wholeSecond)
      #expect(proof.attempt == 2)
      #expect(proof.lastOutcome == .challengeExpired)
    }
  }

  @Test func expiryCountsFromTheWholeSecondThatTheMessageSays() throws {
    let created = decided(nil, .createCustomer(nonce: nonce(1)), at: start + 999_999).standing
    let issue = Command.issueChallenge(nonce: nonce(2), renew: false)
    #expect(decided(created, issue, at: expiry - 1) == .unchanged)
    #expect(decided(created, issue, at: expiry).standing != nil)
  }

  @Test func renewReplacesALivingChallenge() throws {
    let renew = Command.issueChallenge(nonce: nonce(2), renew: true)
    let proof = try #require(decided(.taken, renew, by: .partner, at: start + second).standing?.proof)
    #expect(proof.nonce == nonce(2))
    #expect(proof.attempt == 2)
    #expect(proof.lastOutcome == .challengeRenewed)
    #expect(decided(.taken, renew, at: expiry).standing?.proof?.lastOutcome == .challengeExpired)
  }

  @Test func renewKeepsTheCountOfMismatches() throws {
    var proof = Proof(nonce: nonce(1), issuedAt: start, mismatches: 9, windowBegan: start)
    proof = try #require(
      decided(.initiating(proof), .issueChallenge(nonce: nonce(2), renew: true), at: start + 5).standing?.proof)
    #expect(proof.mismatches == 9)
    #expect(proof.windowBegan == start)
  }

  // MARK: SubmitChallenge

  @Test func theWalletsSignatureOpensTheScreening() {
    for now in [start, expiry - 1] {
      #expect(
        decided(.taken, submit(.genuine(over: nonce(1))), by: .partner, at: now)
          == .change(.screening(Review(since: now)), refusal: nil))
    }
  }

  @Test func fromItsExpiryOnAChallengeIsReplacedWhateverWasSigned() throws {
    for submitted in [SubmittedProof.genuine(over: nonce(1)), .foreign(over: nonce(1)), .superseded] {
      for now in [expiry, expiry + 1] {
        let decision = decided(.taken, submit(submitted), by: .partner, at: now)
        let proof = try #require(decision.standing?.proof)
        #expect(decision.refusal == .challengeExpired)
        #expect(proof.nonce == nonce(2))
        #expect(proof.mismatches == 0)
        #expect(proof.lastOutcome == .challengeExpired)
      }
    }
  }

  @Test func aReplacedChallengeProvesNothing() {
    for stale in [SubmittedProof.genuine(over: nonce(7)), .foreign(over: nonce(7)), .superseded] {
      #expect(decided(.taken, submit(stale), by: .partner) == .refused(.challengeSuperseded))
    }
  }

  @Test func anotherKeysSignatureReplacesTheChallengeAndCounts() throws {
    let now = start + 10 * second + 5
    let decision = decided(.taken, submit(.foreign(over: nonce(1))), by: .partner, at: now)
    #expect(decision.refusal == .signatureMismatch(attemptsLeft: 9))
    #expect(
      decision.standing
        == .initiating(
          Proof(
            nonce: nonce(2), issuedAt: start + 10 * second, attempt: 2, mismatches: 1, windowBegan: now,
            lastOutcome: .signatureMismatch)))
  }

  /// A customer after so many mismatches, one a second from `start` on; the next one's nonce is `nonce(count + 1)`.
  private func mismatched(_ count: Int) throws -> Standing {
    var standing = Standing.taken
    for index in 0..<count {
      let command = submit(.foreign(over: nonce(UInt64(index + 1))), replacement: UInt64(index + 2))
      let decision = decided(standing, command, by: .partner, at: start + Int64(index) * second)
      #expect(decision.refusal == .signatureMismatch(attemptsLeft: UInt8(9 - index)))
      standing = try #require(decision.standing)
    }
    return standing
  }

  @Test func afterTenMismatchesNothingIsLookedAtUntilTheWindowEnds() throws {
    let standing = try mismatched(10)
    let windowEnd = start + 3600 * second
    let lively = submit(.genuine(over: nonce(11)))
    for now in [start + 9 * second, windowEnd - 1] {
      #expect(decided(standing, lively, by: .partner, at: now) == .refused(.tooManyAttempts(retryAt: windowEnd)))
    }
    // The last challenge was issued 9 s into the window, so it is alive for 9 s after it.
    for now in [windowEnd, windowEnd + 1, windowEnd + 9 * second - 1] {
      #expect(
        decided(standing, lively, by: .partner, at: now) == .change(.screening(Review(since: now)), refusal: nil))
    }
    #expect(decided(standing, lively, at: windowEnd + 9 * second).refusal == .challengeExpired)
  }

  @Test func tooManyMismatchesComeBeforeExpiry() throws {
    var proof = try #require(try mismatched(10).proof)
    proof.issuedAt = start - 3600 * second
    let decision = decided(.initiating(proof), submit(.genuine(over: proof.nonce)), at: start + 9 * second)
    #expect(decision == .refused(.tooManyAttempts(retryAt: start + 3600 * second)))
  }

  @Test func aNewChallengeIsIssuedEvenToWhoMustWait() throws {
    let standing = try mismatched(10)
    #expect(decided(standing, .issueChallenge(nonce: nonce(50), renew: true), at: start + 9 * second).standing != nil)
  }

  @Test func theCountRestartsWhenTheWindowEnds() throws {
    let windowEnd = start + 3600 * second
    for count in 1...10 {
      var proof = try #require(try mismatched(count).proof)
      proof.issuedAt = windowEnd
      let command = submit(.foreign(over: proof.nonce), replacement: 99)
      for now in [windowEnd, windowEnd + 1] {
        let next = try #require(decided(.initiating(proof), command, at: now).standing?.proof)
        #expect(next.mismatches == 1)
        #expect(next.windowBegan == now)
      }
      guard count < 10 else { continue }
      let before = try #require(decided(.initiating(proof), command, at: windowEnd - 1).standing?.proof)
      #expect(before.mismatches == UInt8(count + 1))
      #expect(before.windowBegan == start)
    }
  }

  @Test func countersStopAtTheirEnds() throws {
    let proof = Proof(
      nonce: nonce(1), issuedAt: start, attempt: .max, mismatches: .max, windowBegan: start)
    var lenient = policy
    lenient.mismatchesAllowed = .max
    let foreign = submit(.foreign(over: nonce(1)))
    let renewed = decided(.initiating(proof), .issueChallenge(nonce: nonce(2), renew: true))
    #expect(renewed.standing?.proof?.attempt == .max)
    #expect(
      decided(.initiating(proof), foreign, under: lenient) == .refused(.tooManyAttempts(retryAt: expiry)))
    lenient.challengeTimeToLive = .max
    let endless = Proof(nonce: nonce(1), issuedAt: Timestamp(microseconds: .max))
    #expect(decided(.initiating(endless), foreign, at: Timestamp(microseconds: .min), under: lenient).standing != nil)
  }

  // MARK: The check before the signature's

  @Test func precheckSaysWhatDecideWouldSay() throws {
    let standings: [Standing?] = [
      nil, .taken, try mismatched(3), try mismatched(10), .screening(Review(since: start)), .settled, .held(.risk),
      .rejected(reason: ""),
    ]
    let times = [start, start + 9 * second, expiry - 1, expiry, expiry + 1, expiry + 9 * second]
    for standing in standings {
      for role in Role.allCases {
        for now in times {
          let early = precheckSubmit(standing, replacement: nonce(2), by: role, at: now, under: policy)
          let submissions = [SubmittedProof.genuine(over: nonce(1)), .foreign(over: nonce(1)), .superseded]
          let decisions = submissions.map { decided(standing, submit($0), by: role, at: now) }
          if let early {
            #expect(decisions.allSatisfy { $0 == early })
          } else {
            // The signature decides: what was signed makes a difference.
            #expect(standing?.state == .initiating)
            #expect(decisions[2] == .refused(.challengeSuperseded))
          }
        }
      }
    }
  }
}
