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
    workload.live(&random, flushes: 6)
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
}
