internal import Glibc
internal import Testing

@testable import Journal
@testable import JournalProof

/// What the system's calls can do wrong while the journal lives.
@Suite struct FaultTests {
  @Test func interruptsAndShortCountsAreInvisible() throws {
    func live(on disk: SimulatedDisk) throws -> [Digest] {
      let workload = Workload(disk)
      for seed: UInt64 in 1...2 {
        var random = SplitMix(seed)
        try workload.open()
        workload.live(&random, flushes: 10, keeps: false)
        workload.close()
      }
      try workload.open()
      #expect(workload.failure == nil)
      return workload.records
    }
    let calm = SimulatedDisk()
    let rough = SimulatedDisk()
    var random = SplitMix(4)
    rough.fault = { call, _ in
      switch call {
      case .pread, .pwrite:
        // Half of the counts are 1: the least that a call can do.
        return random.below(3) == 0
          ? .fail(EINTR) : random.below(3) == 0 ? .short(random.below(2) == 0 ? 1 : 1 + random.below(4000)) : nil
      case .fdatasync, .fsync, .ftruncate, .fallocate, .flock: return random.below(2) == 0 ? .fail(EINTR) : nil
      case .open, .create, .createDirectory, .list, .rename, .remove, .size: return nil
      }
    }
    let expected = try live(on: calm)
    #expect(!expected.isEmpty)
    #expect(try live(on: rough) == expected)
    #expect(rough.image.current == calm.image.current)
  }

  /// The disk fails at each flush in turn, and the kernel shows what it did not write. Nobody is told it is durable;
  /// what a start in the same boot then serves is on the disk.
  @Test func aFailedFlushIsNeverToldAndNeverRetried() throws {
    var random = SplitMix(8)
    for failing in 0..<60 {
      let disk = SimulatedDisk()
      let workload = Workload(disk)
      try workload.open()
      var flushes = 0
      var acknowledgedThen: Int?
      disk.fault = { call, _ in
        guard call == .fdatasync || call == .fsync, acknowledgedThen == nil else { return nil }
        flushes += 1
        guard flushes > failing else { return nil }
        acknowledgedThen = workload.acknowledged
        return .loseAndFail(EIO, isShown: failing % 2 == 0, seed: UInt64(failing))
      }
      var life = SplitMix(UInt64(failing))
      workload.live(&life, flushes: 30, keeps: false)
      guard let acknowledgedThen else { break }
      // A failure to make a segment ahead is told when the segment is needed.
      if workload.failure != nil { #expect(workload.acknowledged == acknowledgedThen) }
      workload.flush()
      let acknowledged = workload.acknowledged
      let records = workload.records
      workload.abandon()
      disk.fault = nil

      try workload.open()
      let served = workload.records
      #expect(served.count >= acknowledged && served == Array(records[..<served.count]))
      let afterPowerLoss = Workload(SimulatedDisk(disk.image.afterPowerLoss(.none, &random)))
      try afterPowerLoss.open()
      #expect(afterPowerLoss.records == served, "flush \(failing)")
      workload.abandon()
    }
  }

  @Test func everyCallMayFailOnceOrForGood() {
    var search = FaultSearch()
    search.run(stride: 3)
    #expect(search.violations == [])
    #expect(search.cases > 200)
  }

  @Test func aLyingDiskIsCaughtOrHarmless() {
    var search = DiskLieSearch()
    search.run(seeds: 1...40)
    #expect(search.violations == [])
    #expect(search.refusals > 50)
  }

  @Test(arguments: [EIO, ENOSPC]) func aFailedWriteEndsTheJournal(code: Int32) throws {
    for failing in 0..<12 {
      let disk = SimulatedDisk()
      let workload = Workload(disk)
      try workload.open()
      try workload.journal?.prepareSpare()
      var writes = 0
      disk.fault = { call, path in
        guard call == .pwrite, path.hasSuffix(".log") || path.hasSuffix(".tmp") else { return nil }
        writes += 1
        return writes > failing ? .fail(code) : nil
      }
      var calls = 0
      disk.beforeChange = { _ in calls += 1 }
      for _ in 0..<15 {
        workload.append(events: 3, bytes: 200)
        workload.flush()
      }
      #expect(workload.failure != nil && workload.acknowledged < workload.records.count)
      let acknowledged = workload.acknowledged
      calls = 0
      workload.append(events: 1, bytes: 10)
      workload.flush()
      workload.close()
      #expect(workload.acknowledged == acknowledged && calls == 0, "nothing is written behind a failure")
      disk.fault = nil
      try workload.open()
      #expect(workload.acknowledged >= acknowledged)
    }
  }

  @Test func aFullDiskIsMetWhereSegmentsAreMadeAndLeavesNothing() throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    try workload.open()
    let names = disk.image.current.names.keys.sorted()
    for room in [0, 100, 5000, (16 << 10) - 1] {
      disk.capacity = disk.usedBytes + room
      #expect(throws: JournalError.self) { try workload.journal?.prepareSpare() }
      #expect(disk.image.current.names.keys.sorted() == names)
    }
    // What is there already can be filled.
    workload.append(events: 3, bytes: 100)
    workload.flush()
    #expect(workload.acknowledged == 3 && workload.failure == nil)
    disk.capacity = .max
    try workload.journal?.prepareSpare()
    #expect(disk.image.current.names.count == names.count + 1)
  }

  /// Whatever may pass keeps only the next segment from being made: what there is can be filled meanwhile. On a segment
  /// in use the same is the end.
  @Test(arguments: [ENOSPC, EDQUOT, EROFS, EFBIG]) func whatMayPassIsWaitedForWhereSegmentsAreMade(code: Int32) throws {
    for call in [SimulatedDisk.Call.create, .fallocate, .pwrite, .fdatasync, .rename] {
      let disk = SimulatedDisk()
      let workload = Workload(disk)
      // A file goes by the name that it was opened under: one made in this life by another than it ends with.
      try workload.open()
      workload.close()
      try workload.open()
      disk.fault = { found, path in found == call && path.contains(".tmp") ? .fail(code) : nil }
      let error = #expect(throws: JournalError.self) { try workload.journal?.prepareSpare() }
      #expect(error?.kind == .noSpace, "\(call)")
      workload.append(events: 3, bytes: 100)
      workload.flush()
      #expect(workload.acknowledged == 3 && workload.failure == nil)
      disk.fault = nil
      try workload.journal?.prepareSpare()

      disk.fault = { found, path in found == .pwrite && path.hasSuffix(".log") ? .fail(code) : nil }
      workload.append(events: 1, bytes: 100)
      workload.flush()
      #expect(workload.failure != nil && workload.acknowledged == 3)
    }
  }

  @Test func anErrorOfTheDiskIsNoLackOfRoom() throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    try workload.open()
    disk.fault = { call, path in call == .fdatasync && path.contains(".tmp") ? .fail(EIO) : nil }
    let error = #expect(throws: JournalError.self) { try workload.journal?.prepareSpare() }
    #expect(error?.kind == .disk)
  }

  @Test func anUnreadableSectorIsRefused() throws {
    let log = try DamageTests.Log(isClosed: true)
    for name in log.segments.dropLast() + [FileName.manifest, FileName.watermark] {
      let disk = SimulatedDisk(log.image)
      disk.fault = { call, path in call == .pread && path.hasSuffix(name) ? .fail(EIO) : nil }
      let error = #expect(throws: JournalError.self) {
        _ = try Journal.open(directory: Workload.directory, fileSystem: disk, options: Workload.options) { _ in }
      }
      #expect(error?.kind == .damaged && error?.path.hasSuffix(name) == true)
      #expect(disk.image == log.image)
    }
  }

  @Test func aRecordThatTheReplayRefusesChangesNothing() throws {
    let log = try DamageTests.Log(isClosed: true)
    let disk = SimulatedDisk(log.image)
    var count = 0
    let error = #expect(throws: JournalError.self) {
      _ = try Journal.open(directory: Workload.directory, fileSystem: disk, options: Workload.options) {
        (_) throws(ReplayError) in
        count += 1
        if count == log.records.count { throw ReplayError("not a customer") }
      }
    }
    #expect(error?.kind == .refusedRecord && error?.detail.contains("not a customer") == true)
    #expect(disk.image == log.image)
  }

  @Test func oneOfTwoOpenersGetsTheDirectory() throws {
    let disk = SimulatedDisk()
    let first = Workload(disk)
    try first.open()
    let image = disk.image
    let error = #expect(throws: JournalError.self) { try Workload(disk).open() }
    #expect(error?.kind == .inUse && error?.detail.contains("process") == true)
    #expect(disk.image == image)
    first.close()
    try Workload(disk).open()
  }

  /// Two find that there is no directory, and the other one makes it: the lock decides who has it.
  @Test func oneOfTwoMakersGetsTheDirectory() throws {
    for isInUse in [true, false] {
      let disk = SimulatedDisk()
      let other = Workload(disk)
      disk.meanwhile = { call, path in
        guard call == .createDirectory, path == Workload.directory else { return }
        if isInUse { #expect(throws: Never.self) { try other.open() } } else { try? disk.createDirectory(path) }
      }
      let workload = Workload(disk)
      if isInUse {
        let error = #expect(throws: JournalError.self) { try workload.open() }
        #expect(error?.kind == .inUse)
      } else {
        try workload.open()
      }
    }
  }

  @Test func restartsCostNoRoom() throws {
    let disk = SimulatedDisk()
    var expected = 0
    for round in 0..<40 {
      let workload = Workload(disk)
      try workload.open()
      #expect(workload.records.count == expected)
      // Every other start is without a single write.
      if round % 2 == 0 {
        workload.append(events: 1, bytes: 20)
        workload.flush()
        expected += 1
      }
      workload.abandon()
    }
    // Each life with a write leaves a header and a page.
    #expect(disk.usedBytes < 20 * 2 * 4096 + 4 * (32 << 10) + (64 << 10))
  }

  @Test func theManifestGrows() throws {
    let disk = SimulatedDisk()
    for number in 0..<300 {
      let workload = Workload(disk)
      try workload.open()
      #expect(workload.records.count == number)
      workload.append(events: 1, bytes: 20)
      workload.flush()
      workload.abandon()
    }
    let manifest = try #require(disk.image.current[DamageTests.Log.path(FileName.manifest)])
    #expect(manifest.count == 4 * (16 << 10))
  }
}

/// A start needs no room: what is there is served on a full disk, and writing goes on once there is room.
@Suite struct FullDiskStartTests {
  @Test(arguments: [true, false]) func servesAndWritesOnceThereIsRoom(isClosed: Bool) throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    var random = SplitMix(5)
    try workload.open()
    workload.live(&random, flushes: 9, keeps: false)
    // No spare is left, and a segment is in use.
    for name in disk.image.current.names.keys where name.hasSuffix(".log") {
      guard name == disk.image.current.names.keys.filter({ $0.hasSuffix(".log") }).max() else { continue }
      let isSpare = disk.image.current[name]?.dropFirst(4096).allSatisfy { $0 == 0 } ?? false
      if isSpare { try disk.remove(name) }
    }
    if isClosed { workload.close() } else { workload.abandon() }
    let acknowledged = workload.records
    disk.capacity = disk.usedBytes
    try workload.open()
    #expect(workload.records == acknowledged && workload.journal?.lacksSpace == true)
    #expect(workload.journal?.durableRevision == UInt64(acknowledged.count { $0.isEvent }))
    #expect(try workload.journal?.read(after: 0, maxBytes: 100).isEmpty == false)
    workload.append(events: 2, bytes: 40)
    workload.flush()
    #expect(workload.acknowledged == acknowledged.count && workload.failure == nil)
    // Killed while it is full, and once more.
    let image = disk.image
    let again = SimulatedDisk(image)
    again.capacity = again.usedBytes
    #expect(try Recovered(again).replayed == acknowledged)
    disk.capacity = .max
    try workload.journal?.prepareSpare()
    workload.close()
    #expect(workload.acknowledged == acknowledged.count + 2)
    #expect(try Recovered(SimulatedDisk(disk.image)).replayed == workload.records)
  }
}
