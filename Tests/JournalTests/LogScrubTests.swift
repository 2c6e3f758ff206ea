internal import Testing

@testable import Journal
@testable import JournalProof

/// What lies on the disk is read again beside a journal that goes on: what is right is passed over, what is not is told
/// once a pass, and nothing is changed.
@Suite struct LogScrubTests {
  /// Steps until the end of the pass that is under way.
  ///
  /// - Returns: what was found, and how many bytes were read.
  private static func pass(_ scrub: LogScrub, between: () -> Void = {}) -> (found: [JournalError], bytes: Int) {
    var found: [JournalError] = []
    var bytes = 0
    while true {
      switch scrub.step() {
      case .read(let count): bytes += count
      case .found(let error): found.append(error)
      case .passed: return (found, bytes)
      }
      between()
    }
  }

  private static func living(seed: UInt64 = 1) throws -> Workload {
    let workload = Workload(SimulatedDisk())
    var random = SplitMix(seed)
    try workload.open()
    workload.live(&random, flushes: 40)
    workload.takeSnapshot(chunks: 3)
    workload.append(events: 3, bytes: 200)
    workload.flush()
    return workload
  }

  @Test(arguments: UInt64(1)...8) func findsNothingWhereNothingIsWrong(seed: UInt64) throws {
    let workload = try Self.living(seed: seed)
    let journal = try #require(workload.journal)
    let before = workload.disk.image
    let scrub = LogScrub(journal)
    let (found, bytes) = Self.pass(scrub)
    #expect(found == [])
    #expect(bytes > journal.status.bytes, "the log, and the snapshots")
    #expect(workload.disk.image == before)
    #expect(scrub.file == "")
  }

  /// The log goes on, in further segments, with further snapshots, and lets go of what is being read.
  @Test(arguments: UInt64(1)...8) func findsNothingWhileTheLogGoesOn(seed: UInt64) throws {
    let workload = try Self.living(seed: seed)
    let scrub = LogScrub(try #require(workload.journal))
    var random = SplitMix(seed)
    for _ in 0..<3 {
      let (found, _) = Self.pass(scrub) { if random.once(in: 3) { workload.live(&random, flushes: 2) } }
      #expect(found == [])
    }
    #expect(workload.failure == nil && workload.troubles == [])
  }

  /// One flipped bit in each file, wherever anything was written.
  @Test func findsAFlippedBitInEveryFile() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let manifest = journal.manifest.manifest
    var files = manifest.snapshots.map { ($0.fileName, $0.fileBytes) }
    for segment in manifest.segments {
      files.append(
        (FileName.segment(segment.number), segment.state == .sealed ? segment.end : journal.index.end.offset))
    }
    #expect(files.count >= 4)
    for (name, bytes) in files {
      for offset in stride(from: 20, to: bytes, by: max(1, bytes / 9)) {
        let path = "\(Workload.directory)/\(name)"
        let sound = try #require(workload.disk.image.current[path])
        // Zeros between a block and the next page are checked as well.
        workload.disk.image.current[path]?[offset] ^= 0x10
        let scrub = LogScrub(journal)
        let found = Self.pass(scrub).found
        #expect(found.count == 1 && found[0].path == path && found[0].kind == .damaged, "\(name) at \(offset)")
        #expect(Self.pass(scrub).found == found, "found again in the next pass, and the journal goes on")
        workload.disk.image.current[path] = sound
      }
    }
    workload.append(events: 1, bytes: 10)
    workload.flush()
    #expect(workload.failure == nil)
  }

  @Test func findsAFileThatIsCutOrMissing() throws {
    let workload = try Self.living()
    let journal = try #require(workload.journal)
    let name = FileName.segment(try #require(journal.sealedSegments.first).number)
    let path = "\(Workload.directory)/\(name)"
    let sound = try #require(workload.disk.image.current[path])
    workload.disk.image.current[path] = Array(sound.dropLast(4096))
    #expect(Self.pass(LogScrub(journal)).found.map(\.path) == [path])
    workload.disk.image.current[path] = sound
    try workload.disk.remove(path)
    #expect(Self.pass(LogScrub(journal)).found.map(\.path) == [path])
  }
}
