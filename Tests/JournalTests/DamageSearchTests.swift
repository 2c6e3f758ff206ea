internal import Testing

@testable import Journal
@testable import JournalProof

/// A share of every damage to a small log; `JournalProof damage` does all of it.
@Suite struct DamageSearchTests {
  @Test func noDamageLosesAnything() throws {
    var search = try DamageSearch()
    search.run(share: 1999)
    #expect(search.violations == [])
    #expect(search.cases > 2000)
    #expect(search.refusals > search.cases / 2)
  }

  @Test(arguments: ReferenceLog.End.allCases) func theLogHasSomethingOfEverything(end: ReferenceLog.End) throws {
    let log = try ReferenceLog(end)
    let bytes = log.segments.reduce(0) { $0 + log.bytes(of: $1).count }
    #expect(log.segments.count >= 5)
    #expect(bytes >= 56 << 10 && bytes <= 72 << 10, "\(bytes)")
    let found = try Journal.verify(directory: Workload.directory, fileSystem: SimulatedDisk(log.image)) { _ in
    } replay: { _ in
    }
    #expect((found.tornTail != nil) == (end == .torn))
    #expect(log.oracle.records.contains { $0.isEvent } && log.oracle.records.contains { !$0.isEvent })
    #expect((log.attested < log.oracle.acknowledged) == (end == .unwatched))
    #expect(log.names.count { $0.hasSuffix(".snap") } == (end == .compacted ? 2 : 0))
    #expect((log.segments.first == FileName.segment(1)) == (end != .compacted))
    // Of a segment and of both files with two slots there are earlier versions to go back to.
    for name in [FileName.manifest, FileName.watermark, try #require(log.segments.first)] {
      #expect(log.earlier[name]?.isEmpty == false)
    }
  }

  @Test func aCaseIsFoundByItsName() throws {
    let log = try ReferenceLog(.killed)
    var kinds: Set<Substring> = []
    var index = 0
    Damage.forEach(of: log, foreign: try ReferenceLog(.closed, storeID: [UInt8](repeating: 1, count: 16))) { damage in
      index += 1
      guard !damage.isOneOfMany || index % 997 == 0 else { return }
      kinds.insert("\(damage)".prefix { $0 != ":" })
      #expect(Damage("\(damage)") == damage)
    }
    #expect(kinds.count == 9)
    var search = try DamageSearch(ends: [.killed])
    let isTried = search.run(case: "killed:flip:WATERMARK:77")
    #expect(isTried && search.cases == 1)
    for name in ["killed:flip:WATERMARK:999999", "killed:flip:nothing:0", "closed:delete:LOCK", "killed:delete", ""] {
      let isTried = search.run(case: name)
      #expect(!isTried, "\(name)")
    }
  }

  /// The search tells of what it is there to find.
  @Test func aLogThatIsCutShortIsAViolation() throws {
    let log = try ReferenceLog(.killed)
    #expect(log.oracle.objection(to: log.oracle.records) == nil)
    #expect(log.oracle.objection(to: log.oracle.records.dropLast()) != nil)
    var other = log.oracle.records
    other[3] = Digest(Records.body(1, bytes: 5, salt: 99))
    #expect(log.oracle.objection(to: other) != nil)
  }

  @Test func whatIsShownIsNeverTakenBack() {
    let records = (1...4).map { Digest(Records.body(UInt64($0), bytes: 9, salt: 1)) }
    let oracle = Oracle(records: records, acknowledged: 2, shown: Array(records[..<3]))
    #expect(oracle.objection(to: Array(records[..<3])) == nil)
    #expect(oracle.objection(to: Array(records[..<2])) != nil)
    // Used again by another start, with other contents.
    let reused = Digest(Records.body(3, bytes: 9, salt: 2))
    #expect(
      Oracle(records: records[..<2] + [reused], acknowledged: 2, shown: Array(records[..<3]))
        .objection(to: records[..<2] + [reused]) != nil)
  }

  @Test func longRecordsAndBlocksAreRecovered() {
    var search = LimitSearch()
    search.run()
    #expect(search.violations == [])
    #expect(search.cases == 8)
  }

  @Test func aFullDiskIsLeftAsSoonAsThereIsRoom() {
    var search = SpaceSearch()
    search.run()
    #expect(search.violations == [])
    #expect(search.cases == 2)
  }
}
