internal import Lifecycle

/// A small generator whose whole sequence follows from its seed (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }

  mutating func oneIn(_ count: UInt64) -> Bool { next() % count == 0 }
}

extension Policy {
  /// One with small numbers, so that limits are met.
  static func random(using generator: inout SplitMix) -> Policy {
    var policy = Policy()
    policy.challengeTimeToLive = generator.pick([1, 60, 3600]) * 1_000_000
    policy.mismatchesAllowed = generator.pick([1, 3, 10])
    policy.hitsToReject = generator.pick([0, 2, 3])
    policy.screeningAttempts = generator.pick([1, 3, 10])
    policy.verificationAttempts = generator.pick([1, 2, 5])
    policy.backoffBase = generator.pick([0, 1, 30]) * 1_000_000
    policy.backoffCap = generator.pick([0, 7, 3600]) * 1_000_000
    policy.confirmationDelay = generator.pick([0, 1, 60]) * 1_000_000
    policy.screeningDeadline = generator.pick([0, 600, 86_400]) * 1_000_000
    policy.verificationDeadline = generator.pick([0, 600, 86_400]) * 1_000_000
    return policy
  }
}

extension Command {
  /// Half of the commands are such as the state waits for, so that lives get somewhere; the others are any. Reports are
  /// of the present attempt, and late, early and foreign ones.
  static func random(for life: Life, using generator: inout SplitMix) -> Command {
    let expected: [CommandName] =
      switch life.state {
      case nil: [.createCustomer]
      case .initiating: [.submitChallenge]
      case .screening: [.reportScreening]
      case .verifying: [.startVerification, .reportVerification]
      case .active, .inactive: [.activate, .deactivate, .requestScreening, .reportScreening, .reportScreening]
      case .rejected: CommandName.allCases
      }
    let name = generator.oneIn(2) ? generator.pick(CommandName.allCases) : generator.pick(expected)
    return random(name, for: life, using: &generator)
  }

  private static func random(_ name: CommandName, for life: Life, using generator: inout SplitMix) -> Command {
    let present = UInt32(max(life.attempt, 1))
    let attempt = generator.pick([0, present, present, present - 1, present + 1, 1])
    switch name {
    case .createCustomer: return .createCustomer(nonce: Nonce(using: &generator))
    case .issueChallenge: return .issueChallenge(nonce: Nonce(using: &generator), renew: generator.oneIn(2))
    case .submitChallenge:
      let other = Nonce(using: &generator)
      let over = generator.oneIn(4) ? other : life.nonce ?? other
      let proof = generator.pick([SubmittedProof.genuine(over: over), .foreign(over: over), .superseded])
      return .submitChallenge(proof, replacement: Nonce(using: &generator))
    case .reportScreening:
      let outcome = generator.pick(ScreeningReport.Outcome.allCases)
      return .reportScreening(
        ScreeningReport(
          attempt: attempt, outcome: outcome, final: generator.oneIn(8), provider: generator.pick(["", "one", "two"])))
    case .startVerification:
      let reference = generator.pick(["", "s-1", "s-2"])
      let end = generator.oneIn(2) ? Timestamp(microseconds: life.since + 1_000_000) : nil
      return .startVerification(
        attempt: attempt, Session(provider: "kyc", reference: reference, url: "", expiresAt: end))
    case .reportVerification:
      let outcome = generator.pick(VerificationReport.Outcome.allCases)
      return .reportVerification(
        VerificationReport(
          attempt: attempt, outcome: outcome, reference: generator.pick(["", "s-1", "s-2"]),
          reason: generator.pick(["", "blurred"])))
    case .activate: return .activate(HoldKinds(bits: UInt16(truncatingIfNeeded: generator.next())))
    case .deactivate:
      return .deactivate(generator.pick([nil] + HoldKind.allCases), reason: generator.pick(["", "lost"]))
    // The clock's word is no command.
    case .requestScreening, .passDeadline: return .requestScreening
    case .reject:
      // Seldom: it ends the life.
      return generator.oneIn(16) ? .reject(reason: "EVIDENCE") : .activate([])
    }
  }
}
