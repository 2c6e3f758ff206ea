internal import Testing

@testable import Journal
@testable import JournalProof

/// Walks over directories that are not open.
@Suite struct DirectoryReadingTests {
  private final class Walk {
    var blocks: [LogBlock] = []
    var records: [Digest] = []
    var pauses = 0
    var error: JournalError?

    init(_ disk: SimulatedDisk, from revision: UInt64 = 1, upTo last: UInt64 = .max, pause: () -> Void = {}) {
      do throws(JournalError) {
        try Journal.walk(directory: Workload.directory, fileSystem: disk, from: revision) {
          pauses += 1
          pause()
        } block: { block in
          guard block.firstRevision <= last else { return .stop }
          blocks.append(block)
          return .read
        } record: { record in
          records.append(Digest(record))
        }
      } catch {
        self.error = error
      }
    }
  }

  @Test(arguments: [true, false]) func aSoundLogIsReadWholeAndLeftAsItIs(isClosed: Bool) throws {
    let log = try DamageTests.Log(isClosed: isClosed)
    let disk = SimulatedDisk(log.image)
    let found = try Journal.verify(directory: Workload.directory, fileSystem: disk) { _ in }
    let walk = Walk(disk)
    #expect(walk.error == nil && walk.records == log.records && walk.pauses == 0)
    #expect(walk.blocks.map(\.sequence) == Array(1...UInt64(found.report.blocks)))
    #expect(walk.blocks.last?.chain == found.chain && walk.blocks.last?.lastRevision == found.report.lastRevision)
    #expect(walk.blocks.allSatisfy { $0.isAttested })
    #expect(walk.blocks.reduce(0) { $0 + $1.bytes } == found.report.bytes)
    #expect(walk.blocks.reduce(0) { $0 + $1.records } == log.records.count)
    #expect(disk.image == log.image)
    #expect(try Journal.storeID(ofDirectory: Workload.directory, fileSystem: disk) == found.storeID)
  }

  /// All that is whole before the damage comes out, then the words with which a start would refuse.
  @Test func whatIsWholeBeforeDamageIsHandedOut() throws {
    let log = try DamageTests.Log(isClosed: true)
    for block in Walk(SimulatedDisk(log.image)).blocks {
      let name = FileName.segment(block.segment)
      for offset in [block.offset + 3, block.offset + Format.headerBytes] where block.bodyBytes > 0 {
        let disk = SimulatedDisk(log.changing(name) { $0[offset] ^= 1 })
        let walk = Walk(disk)
        #expect(walk.blocks.last.map(\.sequence) ?? 0 == block.sequence - 1)
        #expect(walk.records == Array(log.records.prefix(walk.records.count)))
        #expect(walk.error?.path == block.path && walk.error?.offset == block.offset)
        let opening = #expect(throws: JournalError.self) {
          _ = try Journal.verify(directory: Workload.directory, fileSystem: disk) { _ in }
        }
        #expect(walk.error == opening)
      }
    }
  }

  @Test func aLostSegmentIsMetWhereItIsMissed() throws {
    let log = try DamageTests.Log(isClosed: true)
    let whole = Walk(SimulatedDisk(log.image))
    for name in log.segments.dropLast() {
      var image = log.image
      image.current[DamageTests.Log.path(name)] = nil
      let walk = Walk(SimulatedDisk(image))
      let number = try #require(FileName.segmentNumber(name))
      #expect(walk.blocks == whole.blocks.filter { $0.segment < number })
      #expect(walk.error?.path == DamageTests.Log.path(name))
    }
  }

  @Test func segmentsBeforeTheFirstRevisionThatIsWantedAreNotRead() throws {
    let log = try DamageTests.Log(isClosed: true)
    let whole = Walk(SimulatedDisk(log.image))
    let first = try #require(whole.blocks.first { $0.segment > 1 && $0.lastRevision > $0.firstRevision })
    let disk = SimulatedDisk(log.changing(log.segments[0]) { $0[5000] ^= 1 })
    let walk = Walk(disk, from: first.lastRevision, upTo: first.lastRevision)
    #expect(walk.error == nil)
    #expect(walk.blocks.allSatisfy { $0.segment > 1 } && walk.blocks.contains(first))
  }

  /// A block that nothing attests: the end of a log whose server was killed before it could tell, or a write under way.
  @Test func aWriteUnderWayIsNotHandedOut() throws {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    try workload.open()
    workload.append(events: 3, bytes: 100)
    workload.flush()
    let path = DamageTests.Log.path(FileName.watermark)
    let before = try #require(disk.image.current[path])
    workload.append(events: 2, bytes: 100)
    workload.flush()
    let after = try #require(disk.image.current[path])

    let live = SimulatedDisk(disk.image)
    live.image.current[path] = before
    let beside = Walk(live) { live.image.current[path] = after }
    #expect(beside.records.count == 3 && beside.error == nil && beside.pauses == 1)

    let left = SimulatedDisk(disk.image)
    left.image.current[path] = before
    let walk = Walk(left)
    #expect(walk.records.count == 5 && walk.error == nil && walk.pauses == 1)
    #expect(walk.blocks.map(\.isAttested) == [true, false])
  }

  /// What no interrupted write can have left is damage, unless somebody writes there.
  @Test func whatLiesBehindTheEndIsJudgedWhereNobodyWrites() throws {
    let log = try DamageTests.Log(isClosed: true)
    let last = try #require(Walk(SimulatedDisk(log.image)).blocks.last)
    let end = last.offset + last.bytes
    let image = log.changing(log.active) {
      $0.replaceSubrange(end..<end + 128, with: $0[last.offset..<last.offset + 128])
    }
    let walk = Walk(SimulatedDisk(image))
    #expect(walk.records == log.records && walk.pauses == 1)
    #expect(walk.error?.offset == end && walk.error?.detail.contains("another place") == true)

    let live = SimulatedDisk(image)
    let path = DamageTests.Log.path(FileName.watermark)
    let beside = Walk(live) {
      live.image.current[path]?.withUnsafeMutableBytes { bytes in
        Watermark(storeID: StoreID(high: 0, low: 0), sequence: 99, segment: 9, end: 8192)
          .encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<Format.watermarkSlotBytes]))
      }
    }
    #expect(beside.records == log.records && beside.error == nil)

    let torn = Walk(SimulatedDisk(log.changing(log.active) { $0[end] = 1 }))
    #expect(torn.records == log.records && torn.error == nil)
  }

  @Test func aDirectoryWithoutAStoreIsNamed() throws {
    let disk = SimulatedDisk()
    try disk.createDirectory(Workload.directory)
    let walk = Walk(disk)
    #expect(walk.error?.kind == .damaged && walk.error?.detail.contains("no store was ever made") == true)
    let error = #expect(throws: JournalError.self) {
      _ = try Journal.verify(directory: Workload.directory, fileSystem: disk) { _ in }
    }
    #expect(error == walk.error)
  }
}
