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
}
