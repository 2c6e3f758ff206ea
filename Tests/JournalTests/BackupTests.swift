internal import System
internal import Testing

@testable import Journal
@testable import JournalProof

/// A backup is a sound data directory that ends with the plan's last block, whatever happens beside it.
@Suite struct BackupTests {
  /// A live journal with some history: several starts, several segments.
  ///
  /// - Parameter keeps: whether snapshots are taken and segments let go.
  private static func living(
    seed: UInt64 = 1, starts: Int = 3, flushes: Int = 10, keeps: Bool = false
  ) throws -> Workload {
    let workload = Workload(SimulatedDisk())
    var random = SplitMix(seed)
    for _ in 0..<starts - 1 {
      try workload.open()
      workload.live(&random, flushes: flushes, keeps: keeps)
      workload.close()
    }
    try workload.open()
    workload.live(&random, flushes: flushes, keeps: keeps)
    return workload
  }

  /// Takes the pieces that are left, each behind the one before.
  private static func drain(_ backup: Backup, into files: inout [[UInt8]]) throws {
    while let piece = try backup.next() {
      #expect(!piece.bytes.isEmpty && piece.bytes.count <= Backup.pieceBytes)
      #expect(piece.position.offset == files[piece.position.file].count)
      files[piece.position.file] += piece.bytes
    }
    #expect(files.map(\.count) == backup.plan.files.map(\.bytes))
  }

  private static func copy(_ backup: Backup) throws -> [[UInt8]] {
    var files = [[UInt8]](repeating: [], count: backup.plan.files.count)
    try drain(backup, into: &files)
    return files
  }

  /// A disk with the backup as its data directory.
  private static func disk(_ plan: BackupPlan, _ files: [[UInt8]]) throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    try disk.createDirectory(Workload.directory)
    for (file, bytes) in zip(plan.files, files) {
      try disk.open("\(Workload.directory)/\(file.name)", .createNew).write(bytes, at: 0)
    }
    return disk
  }

  /// Verifies a backup, and starts on it.
  private static func check(_ plan: BackupPlan, _ files: [[UInt8]], holds records: [Digest]) throws {
    let disk = try disk(plan, files)
    var found = Replay()
    let verified = try Journal.verify(directory: Workload.directory, fileSystem: disk) {
      (piece) throws(ReplayError) in
      try found.restore(piece)
    } replay: {
      found.replay($0)
    }
    #expect(found.records == records)
    #expect(verified.findings.isEmpty)
    #expect(verified.tornTail == nil && verified.report.notes.isEmpty)
    #expect(verified.chain == plan.chain && verified.report.lastRevision == plan.revision)
    #expect(verified.storeID == plan.storeID)
    let workload = Workload(disk)
    try workload.open()
    #expect(workload.records == records)
    var random = SplitMix(77)
    workload.live(&random, flushes: 5, keeps: false)
    workload.close()
    let all = workload.records
    try workload.open()
    #expect(workload.records == all && all.count > records.count)
  }

  @Test func anEmptyStoreHasABackup() throws {
    let workload = Workload(SimulatedDisk())
    try workload.open()
    let backup = try #require(workload.journal).beginBackup()
    #expect(backup.plan.revision == 0 && backup.plan.sequence == 0)
    try Self.check(backup.plan, try Self.copy(backup), holds: [])
  }

  @Test(arguments: UInt64(1)...12, [false, true]) func aBackupIsASoundDirectory(seed: UInt64, keeps: Bool) throws {
    let workload = try Self.living(seed: seed, flushes: Int(seed) * 4, keeps: keeps)
    workload.flush()
    let backup = try #require(workload.journal).beginBackup()
    let snapshot = workload.journal?.snapshots.last
    #expect(backup.plan.files.count { FileName.snapshotSequence($0.name) != nil } == (snapshot == nil ? 0 : 1))
    if let snapshot { #expect(snapshot.file == backup.plan.files[2].name) }
    try Self.check(backup.plan, try Self.copy(backup), holds: Array(workload.records[..<workload.acknowledged]))
  }

  @Test func whatIsNotDurableIsNotInIt() throws {
    let workload = try Self.living()
    workload.flush()
    workload.append(events: 3, bytes: 50)
    let backup = try #require(workload.journal).beginBackup()
    #expect(workload.records.count == workload.acknowledged + 3)
    try Self.check(backup.plan, try Self.copy(backup), holds: Array(workload.records[..<workload.acknowledged]))
  }

  /// Between the pieces the log goes on and lets go of what it can: the backup is of the revision it was begun at.
  @Test func theLogGoesOnBesideIt() throws {
    let workload = try Self.living(flushes: 20, keeps: true)
    workload.takeSnapshot(chunks: 2)
    workload.flush()
    let records = Array(workload.records[..<workload.acknowledged])
    let backup = try #require(workload.journal).beginBackup()
    var files = [[UInt8]](repeating: [], count: backup.plan.files.count)
    var random = SplitMix(5)
    while let piece = try backup.next() {
      files[piece.position.file] += piece.bytes
      workload.live(&random, flushes: 10, keeps: true)
    }
    #expect(workload.journal?.durableRevision ?? 0 > backup.plan.revision)
    let names = try workload.disk.list(Workload.directory)
    #expect(backup.plan.files.count { !names.contains($0.name) } > 1, "nothing was let go of")
    try Self.check(backup.plan, files, holds: records)
  }

  /// Cut off anywhere and gone on with, on the same journal or on one that was started since, it is the same.
  @Test(arguments: [false, true]) func itCanBeGoneOnWithAnywhere(isRestarted: Bool) throws {
    let workload = try Self.living()
    workload.flush()
    let backup = try #require(workload.journal).beginBackup()
    let plan = backup.plan
    let whole = try Self.copy(backup)
    var random = SplitMix(9)
    workload.live(&random, flushes: 20, keeps: false)
    if isRestarted {
      workload.close()
      try workload.open()
    }
    for file in plan.files.indices {
      for offset in Set([0, 1, 4096, 4097, plan.files[file].bytes / 2, plan.files[file].bytes]) {
        guard offset <= plan.files[file].bytes else { continue }
        let position = BackupPosition(file: file, offset: offset)
        let resumed = try #require(workload.journal).resumeBackup(plan, from: position)
        #expect(resumed.plan == plan)
        var files = whole[..<file] + [Array(whole[file][..<offset])]
        files += [[UInt8]](repeating: [], count: plan.files.count - files.count)
        var got = Array(files)
        try Self.drain(resumed, into: &got)
        #expect(got == whole, "from \(position)")
      }
    }
    let end = BackupPosition(file: plan.files.count, offset: 0)
    #expect(try #require(workload.journal).resumeBackup(plan, from: end).next() == nil)
  }

  /// A snapshot that was replaced and segments that were let go of are missed only where they were not copied yet.
  @Test func whatWasCopiedAlreadyIsNotMissed() throws {
    let workload = try Self.living(flushes: 20)
    workload.takeSnapshot(chunks: 2)
    workload.flush()
    let journal = try #require(workload.journal)
    let backup = try journal.beginBackup()
    let plan = backup.plan
    let whole = try Self.copy(backup)
    #expect(FileName.snapshotSequence(plan.files[2].name) != nil)
    var random = SplitMix(3)
    for _ in 0..<2 {
      workload.live(&random, flushes: 5, keeps: false)
      workload.takeSnapshot(chunks: 2)
    }
    func resumes(_ file: Int) throws -> Bool {
      do throws(BackupError) {
        let resumed = try journal.resumeBackup(plan, from: BackupPosition(file: file, offset: 0))
        var files = Array(whole[..<file]) + whole[file...].map { _ in [] }
        #expect(throws: Never.self) { try Self.drain(resumed, into: &files) }
        #expect(files == whole)
        return true
      } catch {
        if case .stale = error { return false }
        throw error
      }
    }
    #expect(try !resumes(0) && !resumes(2) && resumes(3) && resumes(plan.files.count))
    let first = try #require(journal.dispensableSegments.first)
    #expect(FileName.segment(first.number) == plan.files[3].name)
    try journal.letGo(through: first)
    #expect(try !resumes(3) && resumes(4))
  }

  @Test func whatIsGoneOrWasNeverThereIsStale() throws {
    let workload = try Self.living()
    workload.flush()
    let journal = try #require(workload.journal)
    let plan = try journal.beginBackup().plan
    func refusal(_ change: (inout BackupPlan) -> Void, from position: BackupPosition = .start) -> BackupError? {
      var changed = plan
      change(&changed)
      do throws(BackupError) {
        _ = try journal.resumeBackup(changed, from: position)
        return nil
      } catch {
        return error
      }
    }
    func isStale(_ error: BackupError?) -> Bool { if case .stale? = error { true } else { false } }
    #expect(refusal({ _ in }) == nil)
    #expect(refusal({ $0.storeID = .random() }) == .otherStore)
    #expect(isStale(refusal { $0.chain ^= 1 }))
    #expect(isStale(refusal { $0.revision += 1 }))
    #expect(isStale(refusal { $0.sequence -= 1 }))
    #expect(isStale(refusal { $0.files.removeAll() }))
    #expect(isStale(refusal { $0.files.removeLast() }))
    #expect(isStale(refusal { $0.files.remove(at: 2) }))
    #expect(isStale(refusal { $0.files[2].name = "../secret" }))
    #expect(isStale(refusal { $0.files[2].bytes -= 4096 }))
    #expect(isStale(refusal { $0.files[$0.files.count - 1].bytes += 4096 }))
    #expect(isStale(refusal { $0.files[$0.files.count - 1].bytes = .max }))
    #expect(isStale(refusal({ _ in }, from: BackupPosition(file: 2, offset: .max))))
    #expect(isStale(refusal({ _ in }, from: BackupPosition(file: -1, offset: 0))))
    #expect(isStale(refusal({ _ in }, from: BackupPosition(file: plan.files.count, offset: 1))))
    try workload.disk.remove("\(Workload.directory)/\(plan.files[2].name)")
    #expect(isStale(refusal({ _ in })))
    #expect(refusal({ _ in }, from: BackupPosition(file: 3, offset: 0)) == nil)
  }

  /// One flipped bit at place after place: nothing of the block is handed out, and file and place are told.
  @Test func damageIsNeverCopied() throws {
    let workload = try Self.living(keeps: true)
    workload.takeSnapshot(chunks: 2)
    workload.flush()
    let journal = try #require(workload.journal)
    let good = try Self.copy(try journal.beginBackup())
    let plan = try journal.beginBackup().plan
    for file in 2..<plan.files.count {
      let path = "\(Workload.directory)/\(plan.files[file].name)"
      for at in stride(from: 0, to: plan.files[file].bytes, by: 509) {
        let original = try #require(workload.disk.image.current[path])
        workload.disk.image.current[path]?[at] ^= 0x10
        defer { workload.disk.image.current[path] = original }
        let backup = try journal.beginBackup()
        var copied = 0
        let error = #expect(throws: JournalError.self) {
          while let piece = try backup.next() {
            guard piece.position.file == file else { continue }
            #expect(piece.bytes[...] == good[file][piece.position.offset..<piece.position.offset + piece.bytes.count])
            copied += piece.bytes.count
          }
        }
        #expect(error?.kind == .damaged && error?.path == path)
        #expect(error?.offset ?? .max <= at && copied <= at, "\(path) at \(at): \(copied) bytes were copied")
      }
    }
  }

  @Test func theStatusTellsTheSameEnd() throws {
    let workload = try Self.living()
    workload.flush()
    let journal = try #require(workload.journal)
    let plan = try journal.beginBackup().plan
    workload.append(events: 2, bytes: 20)
    let status = journal.status
    #expect(status.durableRevision == plan.revision && status.sequence == plan.sequence && status.chain == plan.chain)
    #expect(status.appendedRevision == plan.revision + 2)
    #expect(status.bytes == plan.files[2...].reduce(0) { $0 + $1.bytes } && status.segments == plan.files.count - 2)
    #expect(status.flushes.count > 0 && status.flushes == status.recentFlushes)
    #expect(status.recovery.records > 0 && status.refusal == nil && status.waitingBytes > 0)
  }
}
