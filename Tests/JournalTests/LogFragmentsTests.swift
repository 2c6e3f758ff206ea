internal import Glibc
internal import System
internal import Testing

@testable import Journal
@testable import JournalProof

/// Logs read from segments that lie anywhere, and written anew.
@Suite struct LogFragmentsTests {
  private static let copyPath = "/copy"
  private static let newID = StoreID(high: 7, low: 9)

  /// Reads a directory, or several, as far as the log is whole.
  private func read(
    _ disk: SimulatedDisk, _ directories: [String] = [Workload.directory], wanted: Int = .max, into copy: LogCopy? = nil
  ) throws -> (fragments: LogFragments, records: [Digest], extent: LogFragments.Extent) {
    var fragments = LogFragments(of: try #require(Workload.options.storeID))
    for directory in directories { try fragments.collect(from: directory, fileSystem: disk) }
    var records: [Digest] = []
    let start = try #require(try fragments.starts().first)
    let extent = try fragments.read(from: start, into: copy, restore: { (_: RestoredPiece) throws(ReplayError) in }) {
      (record) throws(ReplayError) in
      guard records.count < wanted else { return false }
      records.append(Digest(record))
      return true
    }
    return (fragments, records, extent)
  }

  private func copied(_ disk: SimulatedDisk, _ path: String = copyPath) throws -> (JournalVerification, [Digest]) {
    var records: [Digest] = []
    let found = try Journal.verify(directory: path, fileSystem: disk) { records.append(Digest($0)) }
    return (found, records)
  }

  @Test(arguments: [true, false]) func noManifestIsNeeded(isClosed: Bool) throws {
    let log = try DamageTests.Log(isClosed: isClosed)
    var image = log.image
    image.current[DamageTests.Log.path(FileName.manifest)] = nil
    image.current[DamageTests.Log.path(FileName.watermark)] = nil
    let disk = SimulatedDisk(image)
    let (fragments, records, extent) = try read(disk)
    #expect(records == log.records && fragments.oddities.isEmpty && !extent.isAsWanted)
    try fragments.requireNothing(behind: extent)
    #expect(disk.image == image)
    let directory = DataDirectory(path: Workload.directory, fileSystem: disk)
    #expect(try LogFragments.commonestStoreID(in: directory) == Workload.options.storeID)
  }

  /// Up to any record: the copy is a store of its own, complete and durable.
  @Test func aCopyHoldsWhatIsWanted() throws {
    let log = try DamageTests.Log(isClosed: true)
    for wanted in [0, 1, log.records.count / 2, log.records.count - 1, log.records.count] {
      let disk = SimulatedDisk(log.image)
      let copy = try LogCopy(
        directory: Self.copyPath, fileSystem: disk, storeID: Self.newID, options: Workload.options)
      let (_, records, extent) = try read(disk, wanted: wanted, into: copy)
      try copy.finish()
      #expect(records.count == wanted && extent.isAsWanted == (wanted < log.records.count))
      var random = SplitMix(1)
      let (found, copied) = try copied(SimulatedDisk(disk.image.afterPowerLoss(.none, &random)))
      #expect(copied == Array(log.records.prefix(wanted)))
      #expect(found.storeID == Self.newID && found.tornTail == nil && found.report.lastRevision == extent.revision)
    }
  }

  @Test func copiesOfASegmentCompleteEachOther() throws {
    let log = try DamageTests.Log(isClosed: true)
    let disk = SimulatedDisk(log.image)
    try disk.createDirectory("/archive")
    for (index, name) in log.segments.dropLast().enumerated() {
      let bytes = try #require(disk.image.current[DamageTests.Log.path(name)])
      let file = try disk.open("/archive/\(name)", .create)
      try file.write(bytes, at: 0)
      // A block of each segment is damaged in one place, the header of the other's copy too.
      let damaged = index % 2 == 0 ? DamageTests.Log.path(name) : "/archive/\(name)"
      disk.image.current[damaged]?[4096 + 130] ^= 1
    }
    let (fragments, records, extent) = try read(disk, [Workload.directory, "/archive"])
    #expect(records == log.records)
    try fragments.requireNothing(behind: extent)
    let alone = try read(disk)
    #expect(alone.records.count < log.records.count)
    #expect(throws: JournalError.self) { try alone.fragments.requireNothing(behind: alone.extent) }
  }

  @Test func segmentsAreKnownByWhatTheyHold() throws {
    let log = try DamageTests.Log(isClosed: true)
    let paths = log.segments.map(DamageTests.Log.path)
    var image = log.image
    (image.current[paths[0]], image.current[paths[1]]) = (image.current[paths[1]], image.current[paths[0]])
    let swapped = try read(SimulatedDisk(image))
    #expect(swapped.records == log.records && swapped.fragments.oddities.count == 2)

    let headless = try read(SimulatedDisk(log.changing(log.segments[1]) { $0[20] ^= 1 }))
    #expect(headless.records == log.records)
    #expect(headless.fragments.oddities.map(\.path) == [paths[1]])

    let foreign = log.changing(log.segments[1]) { bytes in
      bytes.withUnsafeMutableBytes { bytes in
        SegmentHeader(storeID: Self.newID, number: 2, fileBytes: UInt64(bytes.count))
          .encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<4096]))
      }
    }
    let without = try read(SimulatedDisk(foreign))
    #expect(without.records.count < log.records.count)
    #expect(without.fragments.oddities.first?.detail.contains("another store") == true)
  }

  @Test func aGapIsNamed() throws {
    let log = try DamageTests.Log(isClosed: true)
    for (index, name) in log.segments.dropLast(2).enumerated() {
      var image = log.image
      image.current[DamageTests.Log.path(name)] = nil
      let (fragments, records, extent) = try read(SimulatedDisk(image))
      #expect(records == Array(log.records.prefix(records.count)) && records.count < log.records.count)
      let error = #expect(throws: JournalError.self) { try fragments.requireNothing(behind: extent) }
      #expect(error?.path == DamageTests.Log.path(log.segments[index + 1]))
      #expect(error?.detail.contains("missing") == true)
    }
  }

  /// A disk that fails under the copy is told, and what is there is whole as far as it goes.
  @Test(arguments: [ENOSPC, EIO]) func aDiskThatFailsIsTold(code: Int32) throws {
    let log = try DamageTests.Log(isClosed: true)
    for failing in 0..<200 {
      let disk = SimulatedDisk(log.image)
      var calls = 0
      disk.fault = { call, path in
        guard path.hasPrefix(Self.copyPath), call.changesAnything else { return nil }
        calls += 1
        return calls > failing ? .fail(code) : nil
      }
      do throws(JournalError) {
        let copy = try LogCopy(
          directory: Self.copyPath, fileSystem: disk, storeID: Self.newID, options: Workload.options)
        let fragments = try fragments(disk)
        for start in try fragments.starts() {
          try fragments.read(from: start, into: copy, restore: { (_: RestoredPiece) throws(ReplayError) in }) { _ in
            true
          }
        }
        try copy.finish()
        #expect(failing > 20 && calls <= failing)
        return
      } catch {
        #expect(error.kind == (code == ENOSPC ? .noSpace : .disk))
      }
    }
    Issue.record("the copy never succeeds")
  }

  private func fragments(_ disk: SimulatedDisk) throws(JournalError) -> LogFragments {
    var fragments = LogFragments(of: StoreID(Workload.options.storeID?.bytes ?? []) ?? Self.newID)
    try fragments.collect(from: Workload.directory, fileSystem: disk)
    return fragments
  }

  @Test func aCopyIsMadeInNoOtherStore() throws {
    let log = try DamageTests.Log(isClosed: true)
    let disk = SimulatedDisk(log.image)
    let error = #expect(throws: JournalError.self) {
      _ = try LogCopy(directory: Workload.directory, fileSystem: disk, storeID: Self.newID, options: Workload.options)
    }
    #expect(error?.path == Workload.directory)
  }
}
