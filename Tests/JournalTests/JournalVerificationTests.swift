internal import Testing

@testable import Journal
@testable import JournalProof

@Suite struct JournalVerificationTests {
  private func verify(_ disk: SimulatedDisk) throws(JournalError) -> (found: JournalVerification, records: [Digest]) {
    var records: [Digest] = []
    let found = try Journal.verify(directory: Workload.directory, fileSystem: disk) { records.append(Digest($0)) }
    return (found, records)
  }

  @Test(arguments: [true, false]) func aSoundLogIsReadWholeAndLeftAsItIs(isClosed: Bool) throws {
    let log = try DamageTests.Log(isClosed: isClosed)
    let disk = SimulatedDisk(log.image)
    let (found, records) = try verify(disk)
    #expect(records == log.records)
    #expect(found.tornTail == nil)
    #expect(found.report.records == log.records.count)
    #expect(found.storeID == Workload.options.storeID)
    #expect(disk.image == log.image)
  }

  @Test func theChainStandsForTheWholeLog() throws {
    let one = try verify(SimulatedDisk(DamageTests.Log(isClosed: true, seed: 1).image)).found
    let same = try verify(SimulatedDisk(DamageTests.Log(isClosed: true, seed: 1).image)).found
    let other = try verify(SimulatedDisk(DamageTests.Log(isClosed: true, seed: 2).image)).found
    #expect(one == same)
    #expect(one.chain != other.chain)
  }

  @Test func aTornTailIsTold() throws {
    let log = try DamageTests.Log(isClosed: true)
    var start = 0
    let image = log.changing(log.active) { bytes in
      let used = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
      start = Format.roundUp(used)
      for at in start..<start + 512 { bytes[at] = 0x5a }
    }
    let disk = SimulatedDisk(image)
    let (found, records) = try verify(disk)
    #expect(records == log.records)
    #expect(found.tornTail?.offset == start)
    #expect(found.tornTail?.path == DamageTests.Log.path(log.active))
    #expect(disk.image == image)
  }

  /// What opening refuses, verifying refuses, with the same words.
  @Test func damageIsRefusedAsOpeningRefusesIt() throws {
    let log = try DamageTests.Log(isClosed: true)
    for name in log.segments.dropLast() + [FileName.manifest, FileName.watermark] {
      for offset in [0, 20, 4096 + 40, 4096 + 300]
      where offset < log.image.current[DamageTests.Log.path(name)]?.count ?? 0 {
        let image = log.changing(name) { $0[offset] ^= 4 }
        let opening = Result { () throws(JournalError) in
          _ = try Journal.open(
            directory: Workload.directory, fileSystem: SimulatedDisk(image), options: Workload.options
          ) { _ in }
        }
        let verifying = Result { () throws(JournalError) in _ = try verify(SimulatedDisk(image)) }
        #expect("\(opening)" == "\(verifying)", "\(name), offset \(offset)")
      }
    }
  }
}
