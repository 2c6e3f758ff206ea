internal import Glibc
internal import Journal
internal import System

/// Crashes lives of a journal at every call that changes the disk, in every way, and holds what is recovered against
/// what was promised. Everything follows from the seed.
struct CrashSearch {
  /// How deep a crash within the recovery from a crash is followed.
  private static let deepest = 4

  /// The disk before a call that changes it, and what the journal's user knew by then.
  private struct Moment {
    var image: DiskImage
    var oracle: Oracle
  }

  let seed: UInt64
  private var random: SplitMix
  /// Disks that were recovered from.
  private(set) var states = 0
  private(set) var violations: [String] = []

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix(seed &* 0x9E37_79B9)
  }

  /// How many violations are told of one seed: one is enough to begin with.
  private static let toldViolations = 5
  private var isFull: Bool { violations.count >= Self.toldViolations }

  private mutating func object(_ what: String, _ how: String) {
    violations.append("seed \(seed), \(what): \(how)")
  }

  /// - Parameter share: examines every so many of the moments.
  mutating func run(share: Int = 1) {
    let moments = moments()
    for (number, moment) in moments.enumerated() where (number + Int(seed % 1024)) % share == 0 && !isFull {
      let what = "change \(number)"
      examine(moment.image, moment.oracle, "killed before \(what)", depth: 0)
      for survival in Survival.allCases {
        // The others say all there is to say with one state.
        let attempts = survival == .subset ? 5 : survival == .torn || survival == .prefix ? 3 : 1
        for _ in 0..<attempts where !isFull {
          let image = moment.image.afterPowerLoss(survival, &random)
          examine(image, moment.oracle, "power lost before \(what), \(survival) left", depth: 0)
        }
      }
    }
  }

  // MARK: Lives

  /// Runs a life of two or three starts, and collects its moments.
  private mutating func moments() -> [Moment] {
    let disk = SimulatedDisk()
    let workload = Workload(disk, salt: seed)
    var moments: [Moment] = []
    disk.beforeChange = { moments.append(Moment(image: $0, oracle: workload.oracle)) }
    for start in 0..<2 + Int(seed % 2) {
      let trouble = trouble(of: start)
      disk.fault = trouble.isInvisible ? trouble.fault : nil
      do {
        try workload.open()
      } catch {
        object("start \(start)", "\(error)")
        break
      }
      if random.once(in: 4), let objection = workload.objectionToSecondStart() { object("start \(start)", objection) }
      disk.fault = trouble.fault
      if random.once(in: 2) { workload.beAccompanied(SplitMix(random.next())) }
      workload.live(&random, flushes: 12)
      if trouble.isInvisible, workload.failure != nil || workload.acknowledged != workload.records.count {
        object(
          "start \(start)",
          "\(workload.acknowledged) of \(workload.records.count) records acknowledged"
            + (workload.failure.map { ": \($0)" } ?? ""))
      }
      if trouble.isInvisible, let trouble = workload.troubles.first { object("start \(start)", "\(trouble)") }
      if random.once(in: 2) { workload.close() } else { workload.abandon() }
      disk.fault = nil
    }
    if let objection = workload.objection { object("the life", objection) }
    moments.append(Moment(image: disk.image, oracle: workload.oracle))
    disk.beforeChange = nil
    return moments
  }

  /// What goes wrong in a life.
  private struct Trouble {
    /// Whether nobody is to notice it.
    var isInvisible = true
    var fault: ((SimulatedDisk.Call, String) -> SimulatedDisk.Fault?)?
  }

  /// Half of the lives are calm.
  private mutating func trouble(of start: Int) -> Trouble {
    var random = SplitMix(seed &* 31 &+ UInt64(start))
    var calls = random.below(60)
    switch random.below(6) {
    case 0:
      return Trouble { call, _ in
        guard random.once(in: 3) else { return nil }
        switch call {
        case .pread, .pwrite: return random.once(in: 2) ? .fail(EINTR) : .short(1 + random.below(5000))
        case .fdatasync, .fsync, .ftruncate, .fallocate, .flock: return .fail(EINTR)
        case .open, .create, .createDirectory, .list, .rename, .remove, .size: return nil
        }
      }
    case 1:
      return Trouble(isInvisible: false) { call, _ in
        guard call == .fdatasync || call == .fsync else { return nil }
        calls -= 1
        return calls < 0 ? .loseAndFail(EIO, isShown: random.once(in: 2), seed: random.next()) : nil
      }
    case 2:
      return Trouble(isInvisible: false) { call, _ in
        guard call == .pwrite else { return nil }
        calls -= 1
        return calls < 0 ? .failBehind(random.below(9000), random.once(in: 2) ? EIO : ENOSPC) : nil
      }
    default: return Trouble()
    }
  }

  // MARK: States

  /// Recovers from one image, and goes on from there in one of several ways.
  private mutating func examine(_ image: DiskImage, _ oracle: Oracle, _ what: String, depth: Int) {
    states += 1
    let disk = SimulatedDisk(image)
    let way = depth < Self.deepest ? random.below(10) : 9
    var within: [DiskImage] = []
    if way <= 2 { disk.beforeChange = { within.append($0) } }
    let recovered: Recovered
    do throws(JournalError) {
      recovered = try Recovered(disk)
    } catch {
      return object(what, "\(error)")
    }
    disk.beforeChange = nil
    if let objection = oracle.objection(to: recovered.replayed) { return object(what, objection) }
    switch way {
    case 0, 1: crashWithin(within, oracle, what, depth: depth)
    case 2: failWithin(image, changes: within.count, oracle, what, depth: depth)
    case 3, 4:
      // What was recovered is served: no later loss of power may take it back.
      let served = Oracle(served: recovered.replayed)
      let left = disk.image.afterPowerLoss(random.pick([.none, .subset, .torn]), &random)
      examine(left, served, "\(what), started, power lost", depth: depth + 1)
    case 5: goOn(disk.image, what, depth: depth)
    case 6: read(recovered, what)
    default: break
    }
  }

  private mutating func crashWithin(_ within: [DiskImage], _ oracle: Oracle, _ what: String, depth: Int) {
    guard !within.isEmpty else { return }
    let step = random.below(within.count)
    let survival = random.pick(Survival.allCases)
    let image = random.once(in: 4) ? within[step] : within[step].afterPowerLoss(survival, &random)
    examine(image, oracle, "\(what), again in step \(step) of the recovery, \(survival) left", depth: depth + 1)
  }

  /// A call fails within the recovery; the next one finds a sound disk.
  private mutating func failWithin(
    _ image: DiskImage, changes: Int, _ oracle: Oracle, _ what: String, depth: Int
  ) {
    let disk = SimulatedDisk(image)
    var left = random.below(max(1, changes))
    let code = random.pick([EIO, ENOSPC, EROFS, EDQUOT])
    let (isShown, seed) = (random.once(in: 2), random.next())
    disk.fault = { call, _ in
      guard call.changesAnything else { return nil }
      left -= 1
      guard left < 0 else { return nil }
      return call == .fdatasync || call == .fsync
        ? .loseAndFail(EIO, isShown: isShown, seed: seed) : .fail(code)
    }
    _ = try? Recovered(disk)
    let survival = random.pick(Survival.allCases)
    let next = random.once(in: 2) ? disk.image : disk.image.afterPowerLoss(survival, &random)
    examine(next, oracle, "\(what), a call failed in the recovery", depth: depth + 1)
  }

  /// The log goes on behind what was recovered, and crashes again.
  private mutating func goOn(_ image: DiskImage, _ what: String, depth: Int) {
    let disk = SimulatedDisk(image)
    let workload = Workload(disk, salt: random.next())
    var moments: [Moment] = []
    do throws(JournalError) {
      try workload.open()
    } catch {
      return object("\(what), started twice", "\(error)")
    }
    disk.beforeChange = { moments.append(Moment(image: $0, oracle: workload.oracle)) }
    if random.once(in: 2) { workload.beAccompanied(SplitMix(random.next())) }
    workload.live(&random, flushes: 3)
    if let objection = workload.objection { return object("\(what), gone on", objection) }
    if workload.failure != nil || workload.acknowledged != workload.records.count {
      return object("\(what), gone on", "not everything is acknowledged: \(String(describing: workload.failure))")
    }
    workload.abandon()
    disk.beforeChange = nil
    guard !moments.isEmpty else { return }
    let number = random.below(moments.count)
    let survival = random.pick(Survival.allCases)
    examine(
      moments[number].image.afterPowerLoss(survival, &random), moments[number].oracle,
      "\(what), gone on, power lost before change \(number), \(survival) left", depth: depth + 1)
  }

  private mutating func read(_ recovered: Recovered, _ what: String) {
    let revision = recovered.journal.durableRevision
    let oldest = recovered.journal.oldestRevision - 1
    let start = max(oldest, UInt64(random.below(Int(revision) + 1)))
    do throws(JournalError) {
      if let objection = try recovered.objectionToReading(after: start) {
        object("\(what), read after \(start)", objection)
      }
    } catch {
      object("\(what), read after \(start)", "\(error)")
    }
  }
}
