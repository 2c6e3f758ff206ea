internal import Lifecycle

/// Random lives of single customers, each step decided by `Lifecycle` and lived through by the reference: with a clock
/// that jumps to where something ends, or just before. A seed gives a life; the same seed gives the same one.
struct DecisionWalk {
  /// What a walk came by: it is worth something only if that is all.
  private(set) var cells: [Cell: Int] = [:]
  private(set) var steps = 0

  /// A row of the transition table, without its condition.
  struct Cell: Hashable {
    var from: State?
    var command: CommandName
    var to: State
    var effect: TransitionRule.Effect
  }

  /// Commands in a life at the most.
  private static let longestLife = 120

  /// Walks so many steps, from a seed on.
  ///
  /// - Returns: what the first step was that is not as the reference has it; nil when there is none.
  mutating func walk(steps limit: Int, from first: UInt64) -> String? {
    var seed = first
    while steps < limit {
      if let violation = live(seed: seed) { return "seed \(seed): \(violation)" }
      seed += 1
    }
    return nil
  }

  private mutating func live(seed: UInt64) -> String? {
    var generator = SplitMix(state: seed)
    let policy = Policy.random(using: &generator)
    var life = Life()
    var standing: Standing?
    var now: Int64 = 1_782_864_000_000_000
    for step in 0..<Self.longestLife {
      now += pause(for: life, at: now, under: policy, using: &generator)
      let before = standing
      let difference =
        generator.oneIn(8) && standing != nil
        ? passDeadline(&standing, &life, at: now, under: policy)
        : command(&standing, &life, at: now, under: policy, using: &generator)
      steps += 1
      if let difference { return "step \(step), from \(String(describing: before)): \(difference)" }
      if life.state == .rejected, generator.oneIn(4) { return nil }
    }
    return nil
  }

  private mutating func command(
    _ standing: inout Standing?, _ life: inout Life, at now: Int64, under policy: Policy,
    using generator: inout SplitMix
  ) -> String? {
    let command = Command.random(for: life, using: &generator)
    let role = generator.pick([Role.platform, .platform, .platform, .partner, .observer])
    let decision = decide(
      standing, command, by: role, at: Timestamp(microseconds: now), under: policy, jitter: generator.next())
    let from = standing?.state
    if case .change(let next, _) = decision { standing = next }
    let verdict = life.hear(command, by: role, at: now, under: policy, leadingTo: standing)
    note(from, command.name, standing?.state, verdict)
    return difference(decision, verdict, standing, life).map { "\(command) by \(role): \($0)" }
  }

  private mutating func passDeadline(
    _ standing: inout Standing?, _ life: inout Life, at now: Int64, under policy: Policy
  ) -> String? {
    guard let before = standing else { return nil }
    let decision = decideDeadline(before, at: Timestamp(microseconds: now), under: policy)
    if case .change(let next, _) = decision { standing = next }
    let verdict = life.hearOfDeadline(at: now, under: policy)
    if case .event = verdict { note(before.state, .passDeadline, standing?.state, verdict) }
    return difference(decision, verdict, standing, life).map { "the deadline: \($0)" }
  }

  private func difference(
    _ decision: Decision, _ verdict: Life.Verdict, _ standing: Standing?, _ life: Life
  ) -> String? {
    let found = Life.Verdict(decision)
    return found == verdict ? life.difference(from: standing) : "\(found) instead of \(verdict)"
  }

  private mutating func note(_ from: State?, _ command: CommandName, _ to: State?, _ verdict: Life.Verdict) {
    guard let to else { return }
    let effect: TransitionRule.Effect
    switch verdict {
    case .event(nil): effect = .event
    case .event(.some): effect = .eventAndRefusal
    case .nothing: effect = .nothing
    case .note: effect = .note
    case .refused: return
    }
    cells[Cell(from: from, command: command, to: to, effect: effect), default: 0] += 1
  }

  /// How much time passes before the next command.
  private func pause(for life: Life, at now: Int64, under policy: Policy, using generator: inout SplitMix) -> Int64 {
    let ends = [
      life.issuedAt + policy.challengeTimeToLive, life.wrongSince + policy.challengeTimeToLive,
      life.hitAt + policy.confirmationDelay, life.since + policy.screeningDeadline,
      life.nextAttemptAt ?? now,
    ]
    let toTheEnd = generator.pick(ends) - now
    let pause = generator.pick([0, 0, 1, 999_999, 60_000_000, 3_600_000_000, toTheEnd, toTheEnd - 1])
    return max(pause, 0)
  }

  /// The rows of the transition table that no step has come by.
  var unseen: [Cell] {
    TransitionTable.rules.map { Cell(from: $0.from, command: $0.command, to: $0.to, effect: $0.effect) }
      .filter { cells[$0] == nil }
  }
}

extension Life.Verdict {
  init(_ decision: Decision) {
    switch decision {
    case .change(_, let refusal): self = .event(refusal)
    case .unchanged: self = .nothing
    case .noted: self = .note
    case .refused(let refusal): self = .refused(refusal)
    }
  }
}
