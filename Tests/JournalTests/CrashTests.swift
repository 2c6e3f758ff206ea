internal import Glibc
internal import Testing

@testable import Journal
@testable import JournalProof

/// A few thousand crashes at each build; `JournalProof crashes` does any number of them (`.ci/run`: 200,000).
/// `JOURNAL_CRASH_SEEDS` asks for more here.
@Suite struct CrashTests {
  private static let seeds = UInt64(getenv("JOURNAL_CRASH_SEEDS").flatMap { Int(String(cString: $0)) } ?? 12)

  @Test(arguments: 1...seeds)
  func noCrashTakesBackWhatWasTold(seed: UInt64) {
    var search = CrashSearch(seed: seed)
    search.run(share: 20)
    #expect(search.violations == [])
    #expect(search.states > 100)
  }

  /// A process killed within a recovery leaves in the kernel's memory what it wrote last. The next recovery must not
  /// overwrite what the disk has in its stead before that is on the disk.
  @Test func aRecoveryBehindAKilledOneMayLosePower() throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    try workload.open()
    var random = SplitMix(1)
    workload.live(&random, flushes: 6, keeps: false)
    workload.close()
    let oracle = workload.oracle
    var killed: [DiskImage] = []
    let first = SimulatedDisk(disk.image)
    first.beforeChange = { killed.append($0) }
    _ = try Recovered(first)
    for (step, image) in killed.enumerated() {
      var within: [DiskImage] = []
      let second = SimulatedDisk(image)
      second.beforeChange = { within.append($0) }
      _ = try Recovered(second)
      for (next, image) in within.enumerated() {
        for survival in [Survival.torn, .subset, .none] {
          let left = SimulatedDisk(image.afterPowerLoss(survival, &random))
          let recovered = try Recovered(left)
          let objection = oracle.objection(to: recovered.replayed)
          #expect(objection == nil, "killed in step \(step), power lost in step \(next), \(survival) left")
        }
      }
    }
  }

  /// A directory that a killed process made is no more durable than one of our own.
  @Test func theNameOfTheDirectoryIsDurableWhoeverMadeIt() throws {
    let disk = SimulatedDisk()
    try disk.createDirectory(Workload.directory)
    let workload = Workload(disk)
    try workload.open()
    workload.append(events: 1, bytes: 10)
    workload.flush()
    var random = SplitMix(1)
    let recovered = try Recovered(SimulatedDisk(disk.image.afterPowerLoss(.none, &random)))
    #expect(workload.acknowledged == 1 && recovered.replayed == workload.records)
  }

  /// A process killed while it let go of a segment leaves the manifest that says so in the kernel's memory. The next start
  /// must not remove the segment before that manifest is on the disk.
  @Test func aSegmentGoesOnlyWhenTheManifestOnTheDiskDoesNotListIt() throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    var random = SplitMix(5)
    try workload.open()
    for _ in 0..<2 {
      for _ in 0..<8 {
        workload.append(events: 2, bytes: 900)
        workload.flush()
      }
      workload.takeSnapshot(chunks: 1)
    }
    #expect(workload.journal?.dispensableSegments.isEmpty == false)
    var killed: [DiskImage] = []
    disk.beforeChange = { killed.append($0) }
    workload.letGo(&random)
    disk.beforeChange = nil
    #expect(workload.troubles == [])
    for (step, image) in (killed + [disk.image]).enumerated() {
      var within: [DiskImage] = []
      let started = SimulatedDisk(image)
      started.beforeChange = { within.append($0) }
      _ = try Recovered(started)
      for (next, image) in within.enumerated() {
        for survival in Survival.allCases {
          let recovered = try? Recovered(SimulatedDisk(image.afterPowerLoss(survival, &random)))
          #expect(
            recovered?.replayed == workload.records,
            "killed in step \(step), power lost in step \(next), \(survival) left")
        }
      }
    }
  }
}
