internal import System
internal import Testing

@testable import Journal
@testable import JournalProof

/// Sealed segments are handed over whole and durable, or not at all, before they are let go.
@Suite struct ArchiveTests {
  private static let archive = "/archive"

  private static func living() throws -> Workload {
    let disk = SimulatedDisk()
    try disk.createDirectory(archive)
    try disk.synchronizeDirectory("/")
    let workload = Workload(disk)
    var random = SplitMix(3)
    try workload.open()
    workload.live(&random, flushes: 30, keeps: false)
    return workload
  }

  @Test func aSegmentIsThereWholeUnderItsName() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let segment = try #require(journal.sealedSegments.first)
    #expect(try journal.archive(segment, into: Self.archive))
    #expect(try !journal.archive(segment, into: Self.archive), "it was there already")
    let copy = "\(Self.archive)/\(FileName.segment(segment.number))"
    var random = SplitMix(1)
    let left = workload.disk.image.afterPowerLoss(.none, &random)
    #expect(left.current[copy] == workload.disk.image.current[segment.path], "durable, whatever happens then")
  }

  /// A crash before any call leaves the whole segment under its name, or nothing of that name.
  @Test func aCrashLeavesAllOrNothing() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let segment = try #require(journal.sealedSegments.first)
    let whole = try #require(workload.disk.image.current[segment.path])
    var moments: [DiskImage] = []
    workload.disk.beforeChange = { moments.append($0) }
    _ = try journal.archive(segment, into: Self.archive)
    workload.disk.beforeChange = nil
    #expect(moments.count > 3)
    let copy = "\(Self.archive)/\(FileName.segment(segment.number))"
    var random = SplitMix(2)
    for moment in moments {
      for survival in Survival.allCases {
        let found = moment.afterPowerLoss(survival, &random).current[copy]
        #expect(found == nil || found == whole, "\(survival)")
      }
    }
  }

  @Test func whatIsInTheWayIsRefusedAndLeft() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let segment = try #require(journal.sealedSegments.first)
    let copy = "\(Self.archive)/\(FileName.segment(segment.number))"
    try workload.disk.open(copy, .createNew).write([1, 2, 3], at: 0)
    let error = #expect(throws: JournalError.self) { try journal.archive(segment, into: Self.archive) }
    #expect(error?.kind == .damaged && error?.path == copy)
    #expect(workload.disk.image.current[copy] == [1, 2, 3])
  }

  @Test func anArchiveThatIsMissingIsAFailureOfItAlone() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let segment = try #require(journal.sealedSegments.first)
    #expect(throws: JournalError.self) { try journal.archive(segment, into: "/nowhere") }
    workload.append(events: 1, bytes: 10)
    workload.flush()
    #expect(workload.failure == nil && !journal.hasFailed)
  }
}
