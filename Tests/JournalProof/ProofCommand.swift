internal import System

/// The command line of the searches: each prints what it did, and every violation with what reproduces it.
enum ProofCommand {
  static let usage = """
    usage: JournalProof crashes [--states N] [--from SEED]    crash lives until N disks were recovered from
           JournalProof crash SEED [--share N]                crashes of the life of one seed: all, or every Nth
           JournalProof faults                                every single call fails, once and for good
           JournalProof lies [--seeds N]                      writes lost, misdirected, duplicated; stale sectors
           JournalProof damage [--share N]                    every damage to a small log, or every Nth
           JournalProof damage CASE                           one of them
                                                              --until-violation: no further than the first
           JournalProof limits                                the longest records and blocks
           JournalProof space                                 a disk that is full, and has room again
    """

  /// - Returns: whether every promise was kept.
  static func run(_ arguments: [String]) -> Bool {
    switch arguments.first {
    case "crashes":
      return crashes(
        states: number("--states", arguments) ?? 200_000, from: UInt64(number("--from", arguments) ?? 1),
        share: number("--share", arguments) ?? defaultShare,
        stops: arguments.contains("--until-violation"))
    case "crash":
      guard arguments.count >= 2, let seed = UInt64(arguments[1]) else { break }
      return crashes(states: 1, from: seed, share: number("--share", arguments) ?? 1, stops: false)
    case "faults": return faults()
    case "lies": return lies(seeds: UInt64(number("--seeds", arguments) ?? 2000))
    case "limits": return limits()
    case "space": return space()
    case "damage":
      if arguments.count == 2 { return damage(case: arguments[1]) }
      return damage(share: number("--share", arguments) ?? 1, stops: arguments.contains("--until-violation"))
    default: break
    }
    tell(usage)
    return false
  }

  /// Prints a line at once, whatever ends the process.
  private static func tell(_ line: String) { StandardStream.output.write(line + "\n") }

  private static func number(_ name: String, _ arguments: [String]) -> Int? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    return Int(arguments[place + 1])
  }

  /// Of the moments of a life: many lives say more than all moments of a few.
  private static let defaultShare = 8

  private static func crashes(states wanted: Int, from first: UInt64, share: Int, stops: Bool) -> Bool {
    let began = MonotonicClock.now()
    var (states, seed, violations) = (0, first, 0)
    while states < wanted, violations == 0 || !stops {
      var search = CrashSearch(seed: seed)
      search.run(share: max(1, share))
      for violation in search.violations { tell(violation) }
      violations += search.violations.count
      if !search.violations.isEmpty { tell("  reproduce with: JournalProof crash \(seed) --share \(share)") }
      states += search.states
      seed += 1
      if seed % 1000 == 0 { tell("\(states) states, \(violations) violations, seed \(seed)") }
    }
    let seconds = Double(MonotonicClock.now() - began) / 1e9
    tell("\(states) crash states of seeds \(first) to \(seed - 1) in \(seconds) s: \(violations) violations")
    return violations == 0
  }

  private static func faults() -> Bool {
    var search = FaultSearch()
    search.run()
    return conclude("\(search.cases) lives with a failing call", search.violations)
  }

  private static func lies(seeds: UInt64) -> Bool {
    var search = DiskLieSearch()
    search.run(seeds: 1...seeds)
    return conclude("\(search.cases) lives on a lying disk, \(search.refusals) refused", search.violations)
  }

  private static func limits() -> Bool {
    var search = LimitSearch()
    search.run()
    return conclude("\(search.cases) lives with long records", search.violations)
  }

  private static func space() -> Bool {
    var search = SpaceSearch()
    search.run()
    return conclude("\(search.cases) lives on a full disk", search.violations)
  }

  private static func damage(share: Int, stops: Bool) -> Bool {
    var search: DamageSearch
    do {
      search = try DamageSearch()
    } catch {
      return conclude("no damaged logs", ["the sound one cannot be made: \(error)"])
    }
    LastWords.boundMemory()
    search.willTry = { LastWords.set($0) }
    search.run(share: max(1, share), told: stops ? 1 : 20)
    return conclude("\(search.cases) damaged logs, \(search.refusals) refused", search.violations)
  }

  private static func damage(case name: String) -> Bool {
    guard var search = try? DamageSearch(), search.run(case: name) else {
      return conclude("no such case", ["there is no case \(name)"])
    }
    return conclude("\(name), \(search.refusals == 1 ? "refused" : "served")", search.violations)
  }

  private static func conclude(_ what: String, _ violations: [String]) -> Bool {
    for violation in violations { tell(violation) }
    tell("\(what): \(violations.count) violations")
    return violations.isEmpty
  }
}
