internal import Lifecycle
internal import RPC
internal import Store
internal import System

/// What the sandbox says as a third party.
struct SandboxReport: Sendable {
  enum Word: Sendable {
    case screening(ScreeningReport.Outcome, provider: String, detail: String, isFinal: Bool)
    case verification(VerificationReport.Outcome, reason: String)
  }

  var slot: Slot
  var word: Word
  /// 0 for the present one, where the customer waits for such a word.
  var attempt: UInt32
  /// How often it is said.
  var times: UInt32 = 1
  /// Who asked for it: the cause of what comes of it.
  var principal = Sandbox.principal

  var subject: Pending.Subject {
    switch word {
    case .screening: .screening
    case .verification: .verification
    }
  }
}

/// Plays the third parties: acts on customers that come to wait for one, as soon as the turn that brought them there is
/// over or their attempt is due, and does what the SimulatorService asks.
final class Sandbox: Sendable {
  /// The principal that events name which the sandbox makes by itself.
  static let principal = "sandbox"

  private let settings: SandboxSettings
  let schedule = SandboxSchedule()

  init(settings: SandboxSettings) {
    self.settings = settings
  }

  /// Acts on the customers that came to wait for a third party in this turn, and on those whom that brings further.
  func act(on store: isolated CustomerStore) {
    var next = 0
    while next < store.arrivals.count {
      let slot = store.arrivals[next].slot
      next += 1
      act(on: slot, store)
    }
  }

  /// Acts on one customer, as its levers or else the settings say.
  func act(on slot: Slot, _ store: isolated CustomerStore) {
    let customer = store[slot]
    guard let review = customer.standing.review, review.attention == .none,
      let subject = customer.pending?.on
    else { return }
    let lever = SandboxLever(of: customer.externalID, for: subject)
    let isPlayed = subject == .screening ? settings.screensAutomatically : settings.verifiesAutomatically
    guard lever != nil || isPlayed else { return }
    let key = SandboxSchedule.Key(slot: slot, subject: subject, attempt: review.attempt)
    if let dueAt = review.nextAttemptAt, dueAt > store.now {
      schedule.add(.look(slot), after: dueAt.microseconds - store.now.microseconds, for: key)
      return
    }
    if subject == .screening {
      screen(slot, review, lever ?? .clear, isAgain: customer.standing.state != .screening, key, store)
    } else {
      verify(slot, review, lever, key, store)
    }
  }

  private func screen(
    _ slot: Slot, _ review: Review, _ lever: SandboxLever, isAgain: Bool, _ key: SandboxSchedule.Key,
    _ store: isolated CustomerStore
  ) {
    guard let answer = lever.screening(tried: review.attempt &- review.screenings, isAgain: isAgain) else { return }
    let report = SandboxReport(
      slot: slot, word: .screening(answer.outcome, provider: "", detail: answer.words, isFinal: false),
      attempt: review.attempt, times: answer.times)
    if answer.delay > 0 {
      schedule.add(.report(report), after: answer.delay, for: key)
      return
    }
    _ = deliver(report, store)
    if let late = answer.late {
      _ = deliver(
        SandboxReport(
          slot: slot, word: .screening(late, provider: "", detail: "late", isFinal: false),
          attempt: review.attempt &- 1), store)
    }
  }

  private func verify(
    _ slot: Slot, _ review: Review, _ lever: SandboxLever?, _ key: SandboxSchedule.Key, _ store: isolated CustomerStore
  ) {
    // Where no lever asks for one there is no session: what the settings do by themselves is done in one event.
    if let lever, review.session == nil {
      let end = lever == .abandon ? store.now.advanced(byMicroseconds: SandboxLever.slowness) : nil
      let session = Session(
        provider: Self.principal, reference: "sandbox-\(review.attempt)", url: "https://sandbox.invalid/verification",
        expiresAt: end)
      _ = store.perform(
        .startVerification(attempt: review.attempt, session), on: slot, by: .platform,
        cause: Cause(command: .startVerification, principal: Self.principal))
      return
    }
    guard let answer = (lever ?? .approve).verification(review) else { return }
    let report = SandboxReport(
      slot: slot, word: .verification(answer.outcome, reason: answer.words), attempt: review.attempt,
      times: answer.times)
    if answer.delay > 0 {
      schedule.add(.report(report), after: answer.delay, for: key)
    } else {
      _ = deliver(report, store)
    }
  }

  /// Says something, as often as it is to be said.
  ///
  /// - Returns: what came of it the first time.
  func deliver(_ report: SandboxReport, _ store: isolated CustomerStore) -> CommandOutcome {
    var report = report
    report.attempt = attempt(of: report, store)
    let outcome = say(report, store)
    for _ in 1..<max(report.times, 1) { _ = say(report, store) }
    return outcome
  }

  /// The attempt that a report is about, as it stands now.
  func attempt(of report: SandboxReport, _ store: isolated CustomerStore) -> UInt32 {
    guard report.attempt == 0, let pending = store[report.slot].pending, pending.on == report.subject else {
      return report.attempt
    }
    return pending.attempt
  }

  private func say(_ report: SandboxReport, _ store: isolated CustomerStore) -> CommandOutcome {
    switch report.word {
    case .screening(let outcome, let named, let detail, let isFinal):
      // Each attempt by a provider of its own, so that a second hit confirms the first without a wait.
      let provider = named.isEmpty ? "\(Self.principal)-\(max(report.attempt, 1))" : named
      return store.perform(
        .reportScreening(
          ScreeningReport(attempt: report.attempt, outcome: outcome, final: isFinal, provider: provider)),
        on: report.slot, by: .platform,
        cause: Cause(command: .reportScreening, principal: report.principal, privateDetail: detail),
        report: Report(
          attempt: report.attempt, outcome: UInt32(outcome.rawValue), provider: provider, reference: "",
          detail: detail, isFinal: isFinal))
    case .verification(let outcome, let reason):
      return store.perform(
        .reportVerification(VerificationReport(attempt: report.attempt, outcome: outcome, reason: reason)),
        on: report.slot, by: .platform,
        cause: Cause(command: .reportVerification, principal: report.principal, reason: reason),
        report: Report(
          attempt: report.attempt, outcome: UInt32(outcome.rawValue), provider: Self.principal, reference: "",
          detail: ""))
    }
  }
}

/// A turn of the store in which the sandbox acts on customers that wait since before the start.
final class SandboxSweep: CombiningExecutor.Work, CommitGate.Waiter {
  /// Customers looked at in one turn, so that calls get in between.
  private static let slotsPerTurn = 4096

  private let sandbox: Sandbox
  private let store: CustomerStore
  private let first: Int

  init(sandbox: Sandbox, store: CustomerStore, first: Int = 0) {
    self.sandbox = sandbox
    self.store = store
    self.first = first
  }

  func run() {
    let next = store.assumeIsolated { store in
      store.beginTurn()
      let end = min(store.customerCount, first + Self.slotsPerTurn)
      for slot in first..<max(first, end) { sandbox.act(on: Slot(slot), store) }
      sandbox.act(on: store)
      store.endTurn(answering: self)
      return end < store.customerCount ? end : nil
    }
    if let next { store.executor.submit(SandboxSweep(sandbox: sandbox, store: store, first: next)) }
  }

  func committed() {}
}
