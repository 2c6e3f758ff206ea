@testable import Lifecycle

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
}

let second = Timestamp.microsecondsPerSecond
let policy = Policy()

/// 2026-07-01T00:00:00Z.
let start = Timestamp(microseconds: 1_782_864_000 * second)

func nonce(_ seed: UInt64) -> Nonce {
  var generator = SplitMix(state: seed)
  return Nonce(using: &generator)
}

extension Timestamp {
  static func + (time: Timestamp, microseconds: Int64) -> Timestamp {
    time.advanced(byMicroseconds: microseconds)
  }

  static func - (time: Timestamp, microseconds: Int64) -> Timestamp {
    time.advanced(byMicroseconds: -microseconds)
  }
}

extension Standing {
  /// A customer that was taken in at `start` with the challenge `nonce(1)`.
  static let taken = Standing.initiating(Proof(nonce: nonce(1), issuedAt: start))

  static let settled = Standing.active()

  static func held(_ kinds: HoldKind...) -> Standing {
    .inactive(kinds.map { Hold(kind: $0, reason: "", at: start) })
  }

  var proof: Proof? {
    guard case .initiating(let proof) = self else { return nil }
    return proof
  }
}

extension Decision {
  /// The standing that the decision leads to, if it changes it.
  var standing: Standing? {
    guard case .change(let standing, _) = self else { return nil }
    return standing
  }

  var refusal: Refusal? {
    switch self {
    case .change(_, let refusal): refusal
    case .refused(let refusal): refusal
    case .unchanged, .noted: nil
    }
  }
}

/// `decide` with what most tests do not care about.
func decided(
  _ standing: Standing?, _ command: Command, by role: Role = .platform, at now: Timestamp = start,
  under policy: Policy = policy, jitter: UInt64 = 0
) -> Decision {
  decide(standing, command, by: role, at: now, under: policy, jitter: jitter)
}

/// A short way to screening reports.
func screened(
  _ outcome: ScreeningReport.Outcome, attempt: UInt32 = 0, final: Bool = false, provider: String = ""
) -> Command {
  .reportScreening(ScreeningReport(attempt: attempt, outcome: outcome, final: final, provider: provider))
}

/// A short way to verification reports.
func verified(
  _ outcome: VerificationReport.Outcome, attempt: UInt32 = 0, reference: String = "", reason: String = ""
) -> Command {
  .reportVerification(
    VerificationReport(attempt: attempt, outcome: outcome, reference: reference, reason: reason)
  )
}
