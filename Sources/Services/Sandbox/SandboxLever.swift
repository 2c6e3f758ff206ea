internal import ByteText
internal import Lifecycle

/// What a third party of the sandbox comes to by itself, for the customers whose external ids end with the lever's name
/// behind a tilde. A customer may have one for the screening and one for the identity verification, as in
/// "order-7~outage~retry".
public enum SandboxLever: String, CaseIterable, Sendable {
  case clear
  case hit
  case falsePositive = "false-positive"
  case inconclusive
  case outage
  case silent
  case slow
  case repeated
  case lateHit = "late-hit"
  case rescreenHit = "rescreen-hit"
  case rescreenFalsePositive = "rescreen-false-positive"
  case approve
  case decline
  case retry
  case retryAlways = "retry-always"
  case expire
  case abandon
  case slowApprove = "slow-approve"
  case repeatedApprove = "repeated-approve"

  /// What it does, in a line.
  public var summary: String {
    switch self {
    case .clear: "every screening is clear"
    case .hit: "every screening is a hit: rejected when the second one confirms the first"
    case .falsePositive: "a hit, then clear: for a person"
    case .inconclusive: "no screening comes to an answer, until the attempts run out"
    case .outage: "the provider fails twice, then the screening is clear"
    case .silent: "no screening is ever reported, until the deadline passes"
    case .slow: "the screening is clear after two seconds"
    case .repeated: "the screening is clear, and reported three times"
    case .lateHit: "inconclusive, then clear, and then a hit about the first attempt comes late"
    case .rescreenHit: "clear at first; when screened again, every screening is a hit"
    case .rescreenFalsePositive: "clear at first; when screened again, a hit, then clear"
    case .approve: "a session is opened, and the verification passed"
    case .decline: "the verification is refused for good"
    case .retry: "the first verification is refused for a blurred photo, the second passed"
    case .retryAlways: "every verification is refused for a blurred photo, until the attempts run out"
    case .expire: "the first session lapses, the second is passed"
    case .abandon: "a session is opened that lapses after two seconds, and nothing is reported"
    case .slowApprove: "the verification is passed after two seconds"
    case .repeatedApprove: "the verification is passed, and reported three times"
    }
  }

  /// What the review is that it is about.
  var subject: Pending.Subject {
    switch self {
    case .clear, .hit, .falsePositive, .inconclusive, .outage, .silent, .slow, .repeated, .lateHit, .rescreenHit,
      .rescreenFalsePositive:
      .screening
    case .approve, .decline, .retry, .retryAlways, .expire, .abandon, .slowApprove, .repeatedApprove: .verification
    }
  }

  /// The lever of a review that an external id ends with; nil when there is none.
  init?(of externalID: borrowing InlineText, for subject: Pending.Subject) {
    // Nearly all have none, and cutting them up would ask for memory.
    guard externalID.withUTF8Bytes({ $0.contains(UInt8(ascii: "~")) }) else { return nil }
    // The first part is the id itself, whatever it looks like.
    for word in externalID.string.split(separator: "~", omittingEmptySubsequences: false).dropFirst().reversed() {
      guard let lever = SandboxLever(rawValue: String(word)) else { return nil }
      if lever.subject == subject {
        self = lever
        return
      }
    }
    return nil
  }
}

/// What a third party answers, when, and how often.
struct SandboxAnswer<Outcome: Sendable>: Sendable {
  var outcome: Outcome
  /// Microseconds.
  var delay: Int64 = 0
  var times: UInt32 = 1
  /// In a screening for the platform alone, in a verification for the customer.
  var words = ""
  /// What is said of the attempt before, when this one has been answered.
  var late: Outcome?
}

extension SandboxLever {
  /// How long the slow ones take, in microseconds: long enough to be seen waiting.
  static let slowness: Int64 = 2_000_000

  /// What a screening comes to; nil where nothing is reported.
  ///
  /// - Parameters:
  ///   - tried: the number of the attempt within this screening; the first is 1.
  ///   - isAgain: whether the customer was taken in before.
  func screening(tried: UInt32, isAgain: Bool) -> SandboxAnswer<ScreeningReport.Outcome>? {
    switch self {
    case .hit: SandboxAnswer(outcome: .hit, words: "sanctions")
    case .falsePositive: SandboxAnswer(outcome: tried == 1 ? .hit : .clear)
    case .inconclusive: SandboxAnswer(outcome: .inconclusive)
    case .outage:
      tried <= 2
        ? SandboxAnswer(outcome: .inconclusive, words: "the provider failed: 503 Service Unavailable")
        : SandboxAnswer(outcome: .clear)
    case .silent: nil
    case .slow: SandboxAnswer(outcome: .clear, delay: Self.slowness)
    case .repeated: SandboxAnswer(outcome: .clear, times: 3)
    case .lateHit:
      tried == 1 ? SandboxAnswer(outcome: .inconclusive) : SandboxAnswer(outcome: .clear, late: .hit)
    case .rescreenHit: SandboxAnswer(outcome: isAgain ? .hit : .clear)
    case .rescreenFalsePositive: SandboxAnswer(outcome: isAgain && tried == 1 ? .hit : .clear)
    case .clear, .approve, .decline, .retry, .retryAlways, .expire, .abandon, .slowApprove, .repeatedApprove:
      SandboxAnswer(outcome: .clear)
    }
  }

  /// What an identity verification comes to whose session is open; nil where nothing is reported.
  func verification(_ review: Review) -> SandboxAnswer<VerificationReport.Outcome>? {
    let blurred = "the photo is blurred"
    return switch self {
    case .decline: SandboxAnswer(outcome: .declined)
    case .retry:
      review.attempt == 1 ? SandboxAnswer(outcome: .retry, words: blurred) : SandboxAnswer(outcome: .approved)
    case .retryAlways: SandboxAnswer(outcome: .retry, words: blurred)
    case .expire: SandboxAnswer(outcome: review.lastOutcome == .expired ? .approved : .expired)
    case .abandon: nil
    case .slowApprove: SandboxAnswer(outcome: .approved, delay: Self.slowness)
    case .repeatedApprove: SandboxAnswer(outcome: .approved, times: 3)
    case .approve, .clear, .hit, .falsePositive, .inconclusive, .outage, .silent, .slow, .repeated, .lateHit,
      .rescreenHit, .rescreenFalsePositive:
      SandboxAnswer(outcome: .approved)
    }
  }
}
