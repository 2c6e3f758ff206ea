internal import Testing

@testable import Lifecycle

/// Every (state x command x role) cell, against a table written down here by hand.
@Suite struct DecideTests {
  /// One command of each name; those about an attempt once about the present one (0) and once about attempt 1.
  private static let probes: [Command] = [
    .createCustomer(nonce: nonce(2)),
    .issueChallenge(nonce: nonce(2), renew: true),
    .submitChallenge(.genuine(over: nonce(1)), replacement: nonce(2)),
    screened(.clear), screened(.clear, attempt: 1),
    .startVerification(attempt: 0, session), .startVerification(attempt: 1, session),
    verified(.approved), verified(.approved, attempt: 1),
    .activate([]),
    .deactivate(nil, reason: ""),
    .reject(reason: "EVIDENCE"),
    .requestScreening,
  ]
  private static let session = Session(provider: "kyc", reference: "s-1", url: "https://kyc.example/s-1")

  private static let standings: [Standing?] = [
    nil, .taken, .screening(Review(since: start)), .verifying(Review(since: start)), .settled, .held(.operational),
    .rejected(reason: "SCREENING_FAILED"), .active(screenedAgain), .inactive(Standing.held(.risk).holds, screenedAgain),
  ]
  private static let screenedAgain = Monitoring(screenings: 3, review: Review(since: start, attempt: 4, screenings: 3))

  /// A letter for each probe. A state: one event, and the customer stands there: I S V A H(eld) R. `=`: granted, no
  /// event. `n`: granted, noted. `x`: illegal transition. `-`: not this role's.
  /// `o`: a hold is left that the role may not lift.
  private static let expected: [(role: Role, rows: [String])] = [
    // cre iss sub scr scr sta sta ver ver act dea rej req
    (
      .partner,
      [
        "I x x - - - - - - x x - -",  // (none)
        "x I S - - - - - - x x - -",  // INITIATING
        "x x x - - - - - - x x - -",  // SCREENING
        "x x x - - - - - - x x - -",  // VERIFYING
        "x x x - - - - - - = H - -",  // ACTIVE
        "x x x - - - - - - A H - -",  // INACTIVE
        "x x x - - - - - - x x - -",  // REJECTED
        "x x x - - - - - - = H - -",  // ACTIVE, screened again
        "x x x - - - - - - o H - -",  // INACTIVE, screened again, of risk
      ]
    ),
    (
      .observer,
      [
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
        "- - - - - - - - - - - - -",
      ]
    ),
    (
      .platform,
      [
        "I x x x x x x x x x x x x",
        "x I S x x x x x x x x R x",
        "x x x V V x x x x x x R x",
        "x x x x n V V A A x x R x",
        "x x x x n x n x n = H R A",
        "x x x x n x n x n A = R H",
        "x x x x n x n x n x x x x",
        "x x x A n x n x n = H R =",
        "x x x H n x n x n A H R =",
      ]
    ),
  ]

  private static func letter(_ decision: Decision) -> String {
    switch decision {
    case .change(_, refusal: .some): "?"
    case .change(.initiating, _): "I"
    case .change(.screening, _): "S"
    case .change(.verifying, _): "V"
    case .change(.active, _): "A"
    case .change(.inactive, _): "H"
    case .change(.rejected, _): "R"
    case .unchanged: "="
    case .noted: "n"
    case .refused(.illegalTransition): "x"
    case .refused(.roleNotAllowed): "-"
    case .refused(.onHold): "o"
    case .refused: "?"
    }
  }

  @Test func everyCellIsAsWrittenDown() {
    for (role, rows) in Self.expected {
      for (standing, row) in zip(Self.standings, rows) {
        let letters = Self.probes.map { Self.letter(decided(standing, $0, by: role)) }
        #expect(letters.joined(separator: " ") == row, "\(role) in \(standing?.state.name ?? "(none)")")
      }
    }
  }

  /// What a refusal says is allowed: by state from (none) on, for the partner and for the platform.
  @Test func illegalTransitionsSayWhatIsAllowed() {
    let allowed: [(partner: [CommandName], platform: [CommandName])] = [
      ([.createCustomer], [.createCustomer]),
      ([.issueChallenge, .submitChallenge], [.issueChallenge, .submitChallenge, .reject]),
      ([], [.reportScreening, .reject]),
      ([], [.startVerification, .reportVerification, .reject]),
      ([.activate, .deactivate], [.reportScreening, .activate, .deactivate, .reject, .requestScreening]),
      ([.activate, .deactivate], [.reportScreening, .activate, .deactivate, .reject, .requestScreening]),
      ([], []),
    ]
    for (standing, expected) in zip(Self.standings, allowed) {
      for (role, commands) in [(Role.partner, expected.partner), (.platform, expected.platform)] {
        for probe in Self.probes {
          guard case .refused(.illegalTransition(let from, let name, let named)) = decided(standing, probe, by: role)
          else { continue }
          #expect(from == standing?.state)
          #expect(name == probe.name)
          #expect(named.elements == commands.filter { $0 != name })
        }
      }
      let observed = TransitionTable.allowed(in: standing?.state, for: .observer)
      #expect(observed.isEmpty)
    }
  }

  /// A role is told that a kind of hold is not its own in every state alike.
  @Test func permissionDoesNotDependOnTheState() {
    for standing in Self.standings {
      #expect(decided(standing, .activate([.partner, .risk]), by: .partner) == .refused(.holdKindNotAllowed(.risk)))
      for kind in [HoldKind.operational, .risk] {
        #expect(
          decided(standing, .deactivate(kind, reason: ""), by: .partner) == .refused(.holdKindNotAllowed(kind)))
      }
      #expect(decided(standing, .deactivate(.risk, reason: ""), by: .observer) == .refused(.roleNotAllowed))
    }
  }

  @Test func creationIssuesTheFirstChallenge() throws {
    let now = start + 123_456
    let proof = try #require(decided(nil, .createCustomer(nonce: nonce(9)), at: now).standing?.proof)
    #expect(proof == Proof(nonce: nonce(9), issuedAt: start, attempt: 1))
    #expect(proof.lastOutcome == nil)
    #expect(proof.mismatches == 0)
  }

  @Test func rejectionKeepsThePublicReason() {
    for standing in Self.standings.compactMap(\.self) where standing.state != .rejected {
      #expect(
        decided(standing, .reject(reason: "EVIDENCE")) == .change(.rejected(reason: "EVIDENCE"), refusal: nil))
    }
  }
}
