internal import Testing

@testable import Journal
@testable import JournalProof

/// What can be saved of a damaged directory, and what is said of the rest.
@Suite struct LogSalvageTests {
  private func salvage(_ image: DiskImage) throws(JournalError) -> LogSalvage {
    let disk = SimulatedDisk(image)
    let salvage = try LogSalvage(directory: Workload.directory, fileSystem: disk)
    #expect(disk.image == image)
    return salvage
  }

  private func blocks(_ log: DamageTests.Log) throws -> [LogBlock] {
    var blocks: [LogBlock] = []
    try Journal.walk(directory: Workload.directory, fileSystem: SimulatedDisk(log.image), pause: {}) { block in
      blocks.append(block)
      return .skip
    } record: { _ in
    }
    return blocks
  }

  /// A damaged block costs itself and what follows it, and that it had been told is known.
  @Test func theLogIsSavedUpToTheDamage() throws {
    let log = try DamageTests.Log(isClosed: true)
    let blocks = try blocks(log)
    let last = try #require(blocks.last)
    for block in blocks.dropFirst() where block.bodyBytes > 0 {
      let found = try salvage(
        log.changing(FileName.segment(block.segment)) { $0[block.offset + Format.headerBytes] ^= 1 })
      #expect(found.start.extent.blocks == block.sequence - 1)
      #expect(found.laterBlocks == Int(last.sequence - block.sequence))
      #expect(found.brokenBytes >= Format.alignment && found.brokenBytes <= block.bytes)
      #expect(found.acknowledgement == .certain)
      #expect(found.lastKnownRevision >= found.start.lastRevision && found.lastKnownRevision <= last.lastRevision)
    }
  }

  @Test func whatWouldTellMayBeLostItself() throws {
    let log = try DamageTests.Log(isClosed: true)
    let last = try #require(try blocks(log).last)
    for names in [[FileName.manifest], [FileName.watermark], [FileName.manifest, FileName.watermark]] {
      var image = log.image
      for name in names { image.current[DamageTests.Log.path(name)] = nil }
      let found = try salvage(image)
      #expect(found.start.lastRevision == last.lastRevision && found.start.isFirst)
      #expect(found.acknowledgement == .unknown && found.laterBlocks == 0 && found.brokenBytes == 0)
    }
    #expect(try salvage(log.image).acknowledgement == .none)
  }

  @Test func nothingIsMadeOfNothing() throws {
    let log = try DamageTests.Log(isClosed: true)
    var headless = log.image
    headless.current[DamageTests.Log.path(log.segments[0])] = nil
    let error = #expect(throws: JournalError.self) { try salvage(headless) }
    #expect(error?.detail.contains("nothing of the log") == true)
    let empty = SimulatedDisk()
    try empty.createDirectory(Workload.directory)
    let none = #expect(throws: JournalError.self) { try salvage(empty.image) }
    #expect(none?.detail.contains("nothing of a store") == true)
  }

  /// Whatever the damage: what is saved are the first records of the log, and nothing else.
  @Test func nothingIsInvented() throws {
    let log = try DamageTests.Log(isClosed: false)
    var random = SplitMix(11)
    var saved: Set<Int> = []
    for _ in 0..<400 {
      var image = log.image
      for _ in 0...random.below(3) {
        let name = (log.segments + [FileName.manifest, FileName.watermark])[random.below(log.segments.count + 2)]
        guard var bytes = image.current[DamageTests.Log.path(name)], !bytes.isEmpty else { continue }
        let at = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[at] ^= 1 << UInt8(random.below(8))
        case 1: bytes.removeLast(bytes.count - at)
        case 2: for place in at..<min(bytes.count, at + 4096) { bytes[place] = 0 }
        case 3: for place in at..<min(bytes.count, at + 512) { bytes[place] = UInt8(random.below(256)) }
        default: bytes = image.current[DamageTests.Log.path(log.segments[random.below(2)])] ?? bytes
        }
        image.current[DamageTests.Log.path(name)] = bytes
      }
      let found: LogSalvage
      do throws(JournalError) {
        found = try salvage(image)
      } catch {
        #expect(error.kind == .damaged)
        continue
      }
      var records: [Digest] = []
      try found.fragments.read(from: found.start, into: nil, restore: { (_: RestoredPiece) throws(ReplayError) in }) {
        (record) throws(ReplayError) in
        records.append(Digest(record))
        return true
      }
      #expect(records == Array(log.records.prefix(records.count)))
      saved.insert(records.count)
    }
    #expect(saved.contains(log.records.count) && saved.count > 5)
  }
}
