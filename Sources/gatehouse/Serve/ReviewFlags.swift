internal import Lifecycle

/// The flags about reviews by third parties: the policy that decides what comes of their reports.
enum ReviewFlags {
  static let hitsToReject = Setting(
    "hits-to-reject", .number("N", 2...100), default: "2",
    "How many hits of screenings refuse a customer for good, the first confirmed by the others.")
  static let confirmationDelay = Setting(
    "confirmation-delay", .duration(0...2_592_000_000_000), default: "1m",
    "How long after a hit the screening is due that confirms it; before that only another provider can.")
  static let screeningAttempts = Setting(
    "screening-attempts", .number("N", 1...1_000_000), default: "10",
    "How many screenings of a customer are tried before a person has to look.")
  static let verificationAttempts = Setting(
    "verification-attempts", .number("N", 1...1_000_000), default: "5",
    "How many identity verifications a customer may go through before a person has to look.")
  static let backoffBase = Setting(
    "backoff-base", .duration(0...86_400_000_000), default: "30s",
    "How long after an inconclusive screening the next is due at most; doubles with each, and is spread at random.")
  static let backoffCap = Setting(
    "backoff-cap", .duration(0...2_592_000_000_000), default: "1h", "How long that grows to at most.")
  static let screeningDeadline = Setting(
    "screening-deadline", .duration(0...31_536_000_000_000), default: "1d",
    "How long a customer may be SCREENING before a person has to look; 0 for ever.")
  static let verificationDeadline = Setting(
    "verification-deadline", .duration(0...31_536_000_000_000), default: "30d",
    "How long a customer may be VERIFYING before a person has to look; 0 for ever.")

  static let all = [
    hitsToReject.flag, confirmationDelay.flag, screeningAttempts.flag, verificationAttempts.flag, backoffBase.flag,
    backoffCap.flag, screeningDeadline.flag, verificationDeadline.flag,
  ]

  /// The policy that the flags come to.
  static func policy(_ arguments: Arguments) throws(CommandFailure) -> Policy {
    var policy = Policy()
    policy.hitsToReject = UInt32(try arguments.required(hitsToReject))
    policy.confirmationDelay = try arguments.required(confirmationDelay)
    policy.screeningAttempts = UInt32(try arguments.required(screeningAttempts))
    policy.verificationAttempts = UInt32(try arguments.required(verificationAttempts))
    policy.backoffBase = try arguments.required(backoffBase)
    policy.backoffCap = try arguments.required(backoffCap)
    policy.screeningDeadline = try arguments.required(screeningDeadline)
    policy.verificationDeadline = try arguments.required(verificationDeadline)
    return policy
  }
}
