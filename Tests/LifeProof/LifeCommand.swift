internal import Journal
internal import System

/// The command line: walks so many steps of each kind, and says of the first one that is not as the reference has it
/// what repeats it.
enum LifeCommand {
  static let usage = """
    usage: LifeProof [--steps N] [--from SEED]    N steps decided, and N on stores that are opened again
    """

  /// - Returns: whether all was as the reference has it.
  static func run(_ arguments: [String]) -> Bool {
    guard arguments.count % 2 == 0, let steps = number("--steps", arguments, 1_000_000),
      let seed = number("--from", arguments, 1)
    else {
      tell(usage)
      return false
    }
    return decide(steps, from: UInt64(seed)) && live(steps, from: UInt64(seed))
  }

  private static func decide(_ steps: Int, from seed: UInt64) -> Bool {
    let began = MonotonicClock.now()
    var walk = DecisionWalk()
    if let violation = walk.walk(steps: steps, from: seed) {
      tell(violation)
      return false
    }
    for cell in walk.unseen { tell("no step came by \(cell)") }
    tell("\(walk.steps) steps decided in \(seconds(since: began)) s, all as the reference has them")
    return walk.unseen.isEmpty
  }

  /// Steps on one store: then comes another one, with another policy.
  private static let stepsAStore = 20_000

  private static func live(_ steps: Int, from first: UInt64) -> Bool {
    let began = MonotonicClock.now()
    var (done, restarts, snapshots, deadlines, periodic, seed) = (0, 0, 0, 0, 0, first)
    while done < steps {
      do {
        let directory = try TemporaryDirectory(prefix: "gatehouse-life-")
        let walk = try StoreWalk(directory: directory.path + "/data", seed: seed)
        if let violation = try walk.walk(steps: min(stepsAStore, steps - done)) {
          tell("seed \(seed): \(violation)")
          return false
        }
        done += walk.steps
        restarts += walk.restarts
        snapshots += walk.snapshots
        deadlines += walk.deadlines
        periodic += walk.periodicScreenings
      } catch {
        tell("the store failed: \(error)")
        return false
      }
      seed += 1
    }
    tell(
      "\(done) steps on stores with \(restarts) restarts, \(snapshots) of them behind a new snapshot, "
        + "\(deadlines) deadlines that passed and \(periodic) periodic screenings, in \(seconds(since: began)) s, "
        + "all as the reference has them")
    return true
  }

  private static func number(_ name: String, _ arguments: [String], _ usual: Int) -> Int? {
    guard let place = arguments.firstIndex(of: name) else { return usual }
    guard place + 1 < arguments.count, let number = Int(arguments[place + 1]), number >= 0 else { return nil }
    return number
  }

  private static func seconds(since began: UInt64) -> Double { Double(MonotonicClock.now() - began) / 1e9 }

  private static func tell(_ line: String) { StandardStream.output.write(line + "\n") }
}
