internal import ProtobufWire
internal import Synchronization
internal import System
internal import Testing

@testable import Journal
@testable import JournalProof

/// On the file system of the machine, with threads: the rest of the tests runs on a disk made of values.
@Suite struct JournalTests {
  @Test func whatWasDurableIsReplayedAndRead() throws {
    let directory = try TemporaryDirectory(prefix: "journal-")
    let path = directory.path + "/data"
    var options = JournalOptions()
    options.firstSegmentBytes = 64 << 10
    options.segmentBytes = 256 << 10
    var replayed = 0
    let (journal, report) = try Journal.open(directory: path, options: options) { _ in replayed += 1 }
    #expect(report.isNew)
    let durable = Monitor(Position.start)
    try journal.start { position, _ in
      durable.withLock { $0 = position }
      durable.broadcast()
    }
    var last = Position.start
    for turn in 0..<500 {
      var writer = WireWriter()
      for record in 0..<3 {
        Records.event(UInt64(turn * 3 + record + 1), bytes: 200).withUnsafeBytes { writer.append($0) }
      }
      last = journal.append(writer)
      if turn % 50 == 0 { durable.wait { $0 >= last ? () : nil } }
    }
    durable.wait { $0 >= last ? () : nil }
    #expect(journal.durableRevision == 1500)
    #expect(try journal.record(at: 777) == Records.body(777, bytes: 200))
    var seen: UInt64 = 0
    while true {
      let slice = try journal.read(after: seen, maxBytes: 10_000)
      if slice.isEmpty { break }
      for event in slice.events {
        seen += 1
        #expect(event.revision == seen)
        #expect(Array(slice.bytes[event.range]) == Records.body(seen, bytes: 200))
      }
    }
    #expect(seen == 1500)
    journal.close()

    let (again, second) = try Journal.open(directory: path, options: options) { _ in replayed += 1 }
    #expect(replayed == 1500)
    #expect(second.cutBytes == 0 && second.lastRevision == 1500 && !second.isNew)
    #expect(throws: JournalError.self) { _ = try Journal.open(directory: path, options: options) { _ in } }
    again.close()
  }
}
