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

  /// A process killed while it let go of a segment leaves the manifest that says so in the kernel's memory. The next
  /// start must not remove the segment before that manifest is on the disk.
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

  /// A log whose very first block was torn has a first segment without blocks. Letting go of it alone would leave a
  /// manifest that looks like that of a log from its beginning, and a start that finds the segment's file still there,
  /// because its removal did not reach the disk, would take it for a foreign one.
  @Test func aFirstSegmentWithoutBlocksGoesWithTheOneBehindIt() throws {
    let disk = try SimulatedDisk(Self.firstBlockTorn())
    let workload = Workload(disk, salt: 2)
    try workload.open()
    for _ in 0..<2 {
      for _ in 0..<8 {
        workload.append(events: 2, bytes: 900)
        workload.flush()
      }
      workload.takeSnapshot(chunks: 1)
    }
    let journal = try #require(workload.journal)
    let segments = journal.dispensableSegments
    #expect(journal.sealedSegments.first?.lastRevision == 0 && !segments.isEmpty)
    var images: [DiskImage] = []
    disk.beforeChange = { images.append($0) }
    for segment in segments { try journal.letGo(through: segment) }
    disk.beforeChange = nil
    #expect(journal.sealedSegments.first?.number ?? .max > 2)
    var random = SplitMix(4)
    for (step, image) in images.enumerated() {
      for survival in Survival.allCases {
        let recovered = try? Recovered(SimulatedDisk(image.afterPowerLoss(survival, &random)))
        #expect(recovered?.replayed == workload.records, "power lost in step \(step), \(survival) left")
      }
    }
  }

  /// The disk of a new store whose first flush was cut short by a loss of power.
  private static func firstBlockTorn() throws -> DiskImage {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    try workload.open()
    var images: [DiskImage] = []
    disk.beforeChange = { images.append($0) }
    workload.append(events: 1, bytes: 3000)
    workload.flush()
    disk.beforeChange = nil
    var random = SplitMix(3)
    for _ in 0..<20 {
      for image in images {
        let left = image.afterPowerLoss(.subset, &random)
        let recovered = try Recovered(SimulatedDisk(left))
        if recovered.report.cutBytes > 0 && recovered.replayed.isEmpty { return left }
      }
    }
    Issue.record("no state in which the block is torn")
    return disk.image
  }
}
