internal import Testing

@testable import Lifecycle

@Suite struct TransitionTableTests {
  /// A row without its condition: what `decide` can be seen to do.
  private struct Step: Hashable {
    var from: State?
    var command: CommandName
    var to: State
    var effect: TransitionRule.Effect
  }

  private static let reviews: [Review] = {
    var reviews = [Review]()
    for attempt in [1, 2, 10] as [UInt32] {
      for attention in Attention.allCases {
        for hits in [0, 1] as [UInt32] {
          for session in [nil, Session(provider: "kyc", reference: "s-1", url: "")] {
            reviews.append(
              Review(since: start, attempt: attempt, attention: attention, hits: hits, session: session))
          }
        }
      }
    }
    return reviews
  }()

  private static let standings: [Standing?] =
    [nil, .taken, .settled, .rejected(reason: "")]
    + (1..<8 as Range<UInt16>).map { kinds in
      .inactive(HoldKinds(bits: kinds << 1).elements.map { Hold(kind: $0, reason: "", at: start) })
    }
    + reviews.map(Standing.screening) + reviews.map(Standing.verifying) + rescreened

  /// Customers who were taken in and are screened again.
  private static let rescreened: [Standing?] = reviews.flatMap { review in
    let monitoring = Monitoring(review: review)
    let holds = [Standing.held(.operational).holds, Standing.held(.risk).holds]
    return [Standing.active(monitoring)] + holds.map { Standing.inactive($0, monitoring) }
  }

  private static let commands: [Command] = {
    var commands: [Command] = [.createCustomer(nonce: nonce(2)), .reject(reason: ""), .requestScreening]
    commands += [true, false].map { .issueChallenge(nonce: nonce(2), renew: $0) }
    for proof in [SubmittedProof.genuine(over: nonce(1)), .foreign(over: nonce(1)), .superseded] {
      commands.append(.submitChallenge(proof, replacement: nonce(2)))
    }
    for attempt in [0, 1, 2, 10] as [UInt32] {
      for reference in ["s-1", "s-2"] {
        commands.append(.startVerification(attempt: attempt, Session(provider: "kyc", reference: reference, url: "")))
        commands += VerificationReport.Outcome.allCases.map { verified($0, attempt: attempt, reference: reference) }
      }
      for final in [true, false] {
        commands += ScreeningReport.Outcome.allCases.map { screened($0, attempt: attempt, final: final) }
      }
    }
    commands += ([nil] + HoldKind.allCases).map { .deactivate($0, reason: "") }
    commands += (0..<8 as Range<UInt16>).map { .activate(HoldKinds(bits: $0 << 1)) }
    return commands
  }()

  private func step(_ standing: Standing?, _ command: Command, _ decision: Decision) -> Step? {
    let from = standing?.state
    switch decision {
    case .change(let next, let refusal):
      let effect: TransitionRule.Effect = refusal == nil ? .event : .eventAndRefusal
      return Step(from: from, command: command.name, to: next.state, effect: effect)
    case .unchanged: return from.map { Step(from: $0, command: command.name, to: $0, effect: .nothing) }
    case .noted: return from.map { Step(from: $0, command: command.name, to: $0, effect: .note) }
    case .refused: return nil
    }
  }

  /// Both ways: every step that `decide` takes is a row, and every row is a step that `decide` takes.
  @Test func rowsAreExactlyWhatDecideDoes() {
    var seen = Set<Step>()
    for standing in Self.standings {
      for command in Self.commands {
        for role in Role.allCases {
          for now in [start, start + policy.challengeTimeToLive] {
            let decision = decided(standing, command, by: role, at: now)
            guard let step = step(standing, command, decision) else { continue }
            seen.insert(step)
            #expect(TransitionTable.roles(for: command.name).contains(role))
          }
        }
      }
    }
    for standing in Self.standings.compactMap(\.self) {
      let decision = decideDeadline(standing, at: start + policy.verificationDeadline, under: policy)
      guard case .change(let next, refusal: nil) = decision else { continue }
      seen.insert(Step(from: standing.state, command: .passDeadline, to: next.state, effect: .event))
    }
    let rows = TransitionTable.rules.map {
      Step(from: $0.from, command: $0.command, to: $0.to, effect: $0.effect)
    }
    #expect(seen.subtracting(rows).isEmpty, "steps without a row")
    #expect(Set(rows).subtracting(seen).isEmpty, "rows without a step")
    #expect(rows.count == Set(rows).count, "rows twice")
  }

  @Test func legalityFollowsFromTheRows() {
    for from in [nil] + State.allCases.map(Optional.some) {
      for command in CommandName.allCases {
        let effects = Set(TransitionTable.rules.filter { $0.from == from && $0.command == command }.map(\.effect))
        let expected: TransitionTable.Legality =
          effects.isEmpty ? .forbidden : effects == [.note] ? .late : .allowed
        #expect(TransitionTable.legality(of: command, in: from) == expected)
      }
    }
  }

  @Test func nothingLeavesRejected() {
    for rule in TransitionTable.rules where rule.from == .rejected {
      #expect(rule.to == .rejected)
      #expect(rule.effect == .note)
    }
  }

  @Test func rowsAreInOrder() {
    let keys = TransitionTable.rules.map { [$0.from?.rawValue ?? 0, $0.command.rawValue] }
    #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test func printsAlignedLines() {
    let lines = TransitionTable.lines
    #expect(lines.count == TransitionTable.rules.count + 1)
    #expect(
      Array(lines.prefix(5)) == [
        "FROM        COMMAND              WHEN                           TO          EFFECT          ROLES",
        "(none)      CREATE_CUSTOMER      always                         INITIATING  event           partner, platform",
        "INITIATING  ISSUE_CHALLENGE      the challenge is alive         INITIATING  nothing         partner, platform",
        "INITIATING  ISSUE_CHALLENGE      it has expired, or renew       INITIATING  event           partner, platform",
        "INITIATING  SUBMIT_CHALLENGE     signed by the wallet           SCREENING   event           partner, platform",
      ])
    #expect(lines.allSatisfy { $0.utf8.count <= 120 && $0.last != " " })
    #expect(Set(TransitionRule.Effect.allCases.map(\.name)).count == TransitionRule.Effect.allCases.count)
  }
}
