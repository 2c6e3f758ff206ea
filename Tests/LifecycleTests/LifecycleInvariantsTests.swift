internal import Testing

@testable import Lifecycle

/// What holds along every life, checked over random ones. The seed of a life that fails is in the message.
@Suite struct LifecycleInvariantsTests {
  private static let lives: UInt64 = 600
  private static let commandsALife = 60

  /// What an observer of one customer remembers, apart from what the customer itself says.
  private struct Memory {
    var usedNonces = Set<Nonce>()
    var hitAttempts = Set<UInt32>()
    /// When the newest of them was.
    var hitAt: Timestamp?
    var proven = false
    var cleared = false
    var approved = false
  }

  /// Half of the commands are such as the state waits for, so that lives get somewhere; the others are any.
  private func randomCommand(for standing: Standing?, using generator: inout SplitMix) -> Command {
    guard generator.next() % 2 == 0 else {
      return randomCommand(generator.pick(CommandName.allCases), for: standing, using: &generator)
    }
    let expected: [CommandName] =
      switch standing?.state {
      case nil: [.createCustomer]
      case .initiating: [.submitChallenge]
      case .screening: [.reportScreening]
      case .verifying: [.startVerification, .reportVerification]
      case .active, .inactive: [.activate, .deactivate, .requestScreening, .reportScreening]
      case .rejected: CommandName.allCases
      }
    return randomCommand(generator.pick(expected), for: standing, using: &generator)
  }

  private func randomCommand(
    _ name: CommandName, for standing: Standing?, using generator: inout SplitMix
  ) -> Command {
    let present = standing?.review?.attempt ?? 1
    let attempt = generator.pick([0, present, present, present - 1, present + 1])
    let reference = generator.pick(["", "s-1", "s-2"])
    switch name {
    case .createCustomer: return .createCustomer(nonce: Nonce(using: &generator))
    case .issueChallenge:
      return .issueChallenge(nonce: Nonce(using: &generator), renew: generator.pick([true, false]))
    case .submitChallenge:
      let over = generator.pick([standing?.proof?.nonce ?? nonce(0), standing?.proof?.nonce ?? nonce(0), nonce(0)])
      let proof = generator.pick([SubmittedProof.genuine(over: over), .foreign(over: over), .superseded])
      return .submitChallenge(proof, replacement: Nonce(using: &generator))
    case .reportScreening:
      let outcome = generator.pick(ScreeningReport.Outcome.allCases)
      return screened(outcome, attempt: attempt, final: generator.next() % 8 == 0)
    case .startVerification:
      return .startVerification(attempt: attempt, Session(provider: "kyc", reference: reference, url: ""))
    case .reportVerification:
      return verified(generator.pick(VerificationReport.Outcome.allCases), attempt: attempt, reference: reference)
    case .activate: return .activate(HoldKinds(bits: UInt16(truncatingIfNeeded: generator.next())))
    case .deactivate: return .deactivate(generator.pick([nil] + HoldKind.allCases), reason: "")
    case .requestScreening: return .requestScreening
    case .passDeadline: return .activate([])  // no command: see `DeadlineTests`
    case .reject: return generator.next() % 16 == 0 ? .reject(reason: "EVIDENCE") : .activate([])
    }
  }

  @Test func holdAlongEveryLife() {
    var ends = [State: Int]()
    for seed in 0..<Self.lives {
      var generator = SplitMix(state: seed)
      var standing: Standing?
      var memory = Memory()
      var now = start
      for _ in 0..<Self.commandsALife {
        now = now + generator.pick([0, 1, second, 60 * second, 1800 * second, 3600 * second])
        let command = randomCommand(for: standing, using: &generator)
        let role = generator.pick([Role.platform, .platform, .platform, .partner, .observer])
        let jitter = generator.next()
        let decision = decided(standing, command, by: role, at: now, jitter: jitter)
        #expect(decision == decided(standing, command, by: role, at: now, jitter: jitter), "seed \(seed)")
        guard case .change(let next, _) = decision else { continue }
        checkStep(standing, command, next, by: role, at: now, memory: &memory, seed: seed)
        checkShape(next, memory, seed: seed)
        standing = next
      }
      if let standing { ends[standing.state, default: 0] += 1 }
    }
    // The walk is worth something only if it comes by everywhere.
    for state in State.allCases { #expect(ends[state, default: 0] > 10, "\(state)") }
  }

  private func checkStep(
    _ standing: Standing?, _ command: Command, _ next: Standing, by role: Role, at now: Timestamp,
    memory: inout Memory, seed: UInt64
  ) {
    let from = standing?.state
    #expect(from != .rejected && role != .observer, "seed \(seed)")
    #expect(standing != next, "an event that changes nothing, seed \(seed)")
    #expect(
      TransitionTable.rules.contains { $0.from == from && $0.command == command.name && $0.to == next.state },
      "seed \(seed)")
    if case .reportScreening(let report) = command {
      #expect(report.outcome != .inconclusive || next.state == from, "seed \(seed)")
      let attempt = standing?.review?.attempt ?? 0
      #expect(report.attempt == 0 || report.attempt == attempt, "seed \(seed)")
      // No provider says who it is here, so only time makes a hit another one.
      let isAnother = memory.hitAt.map { now >= $0 + policy.confirmationDelay } ?? true
      if report.outcome == .hit {
        if isAnother || report.final {
          memory.hitAttempts.insert(attempt)
          memory.hitAt = now
        }
        #expect(from == .screening || next.state == .rejected || next.holdKinds.contains(.risk), "seed \(seed)")
      } else {
        #expect(next.holds == standing?.holds, "seed \(seed)")
      }
      if from == .screening {
        memory.cleared = report.outcome == .clear && (memory.hitAttempts.isEmpty || report.final)
      }
    }
    if command == .requestScreening {
      #expect(next.holds == standing?.holds, "seed \(seed)")
      if standing?.review == nil { (memory.hitAttempts, memory.hitAt) = ([], nil) }
    }
    if case .initiating(let proof) = standing, case .submitChallenge(let submitted, _) = command {
      memory.proven =
        submitted == .genuine(over: proof.nonce) && now < proof.issuedAt + policy.challengeTimeToLive
    }
    if from == .verifying, case .reportVerification(let report) = command {
      memory.approved = report.outcome == .approved
    }
    if case .initiating(let proof) = standing, proof.nonce != next.proof?.nonce {
      #expect(memory.usedNonces.insert(proof.nonce).inserted, "a nonce came back, seed \(seed)")
    }
    if next.state == .rejected, from != .rejected {
      #expect(isJustified(command, memory), "seed \(seed)")
    }
  }

  /// Nothing single and unconfirmed writes REJECTED.
  private func isJustified(_ command: Command, _ memory: Memory) -> Bool {
    switch command {
    case .reject: true
    case .reportVerification(let report): report.outcome == .declined
    case .reportScreening(let report):
      report.outcome == .hit && (report.final || memory.hitAttempts.count >= 2)
    case .createCustomer, .issueChallenge, .submitChallenge, .startVerification, .activate, .deactivate,
      .requestScreening:
      false
    }
  }

  private func checkShape(_ standing: Standing, _ memory: Memory, seed: UInt64) {
    let holds = standing.holds
    #expect((standing.state == .inactive) == !holds.isEmpty, "seed \(seed)")
    #expect(Set(holds.map(\.kind)).count == holds.count, "seed \(seed)")
    switch standing {
    case .initiating(let proof):
      #expect(proof.mismatches <= policy.mismatchesAllowed, "seed \(seed)")
      #expect(proof.issuedAt == proof.issuedAt.wholeSecond, "seed \(seed)")
    case .screening(let review):
      #expect(memory.proven && review.attempt <= policy.screeningAttempts, "seed \(seed)")
      #expect(review.attention == .none || review.nextAttemptAt == nil, "seed \(seed)")
      #expect(review.hits == memory.hitAttempts.count, "seed \(seed)")
    case .verifying(let review):
      #expect(memory.proven && memory.cleared && review.attempt <= policy.verificationAttempts, "seed \(seed)")
    case .active, .inactive:
      #expect(memory.proven && memory.cleared && memory.approved, "seed \(seed)")
      guard let review = standing.review else { break }
      #expect(review.attempt - review.screenings <= policy.screeningAttempts, "seed \(seed)")
      #expect(review.hits == memory.hitAttempts.count, "seed \(seed)")
    case .rejected: break
    }
  }

  /// Reports of a third party, one for each attempt, may be delivered in any order and any number of times: once each
  /// was delivered until none changes anything, the customer stands where the right order leads.
  @Test func reportsInAnyOrderLeadToTheSamePlace() throws {
    var ends = Set<State>()
    for seed in 0..<Self.lives {
      var generator = SplitMix(state: seed)
      let reports = randomReports(using: &generator)
      let expected = reports.reduce(Standing.screening(Review(since: start))) { decided($0, $1).standing ?? $0 }
      var standing = Standing.screening(Review(since: start))
      var (moved, rounds) = (true, 0)
      while moved {
        (moved, rounds) = (false, rounds + 1)
        // Each round that changes anything moves at least one attempt on.
        try #require(rounds <= reports.count + 1, "seed \(seed)")
        for report in reports.shuffled(using: &generator) {
          guard case .change(let next, _) = decided(standing, report) else { continue }
          standing = next
          moved = true
        }
      }
      #expect(standing == expected, "seed \(seed)")
      ends.insert(standing.state)
    }
    #expect(ends == [.screening, .verifying, .active, .rejected])
  }

  /// Whatever was delivered before may come again at any later time and changes nothing.
  @Test func repeatedReportsChangeNothing() {
    for seed in 0..<Self.lives {
      var generator = SplitMix(state: seed)
      var standing = Standing.screening(Review(since: start))
      var delivered = [Command]()
      for report in randomReports(using: &generator) {
        standing = decided(standing, report).standing ?? standing
        delivered.append(report)
        for _ in 0..<3 {
          let again = generator.pick(delivered)
          let decision = decided(standing, again, at: start + 3600 * second, jitter: generator.next())
          #expect(decision.standing == nil, "seed \(seed), \(again)")
        }
      }
    }
  }

  /// A report for each attempt of both reviews, as a third party would give them, in order.
  private func randomReports(using generator: inout SplitMix) -> [Command] {
    let screenings: [Command] = (1...policy.screeningAttempts).map {
      screened(generator.pick([.clear, .hit, .inconclusive, .inconclusive, .inconclusive]), attempt: $0)
    }
    let verifications: [Command] = (1...policy.verificationAttempts).map {
      verified(generator.pick([.approved, .declined, .retry, .retry]), attempt: $0, reason: "\($0)")
    }
    return screenings + verifications
  }
}
