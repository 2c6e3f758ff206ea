internal import Journal
internal import System

/// Appends what is as long as it may be, or longer than one block: what is taken is recovered.
struct LimitSearch {
  private(set) var cases = 0
  private(set) var violations: [String] = []

  /// What one flush is given: how many turns, of how many records, of how many bytes.
  private static let gathers = [
    (turns: 1, records: 1, bytes: JournalOptions.maximumRecordBytes - 64),
    (turns: 1, records: 9, bytes: JournalOptions.maximumRecordBytes - 64),
    (turns: 20, records: 1, bytes: 600_000),
    (turns: 3, records: 70_000, bytes: 40),
  ]
  private static let segmentSizes = [2 << 20, 32 << 20]

  mutating func run() {
    for segmentBytes in Self.segmentSizes {
      for gather in Self.gathers {
        cases += 1
        let what = "segments of \(segmentBytes) bytes, \(gather)"
        do throws(JournalError) {
          if let objection = try objection(segmentBytes, gather) { violations.append("\(what): \(objection)") }
        } catch {
          violations.append("\(what): \(error)")
        }
      }
    }
  }

  private func objection(
    _ segmentBytes: Int, _ gather: (turns: Int, records: Int, bytes: Int)
  ) throws(JournalError) -> String? {
    var options = Workload.options
    options.firstSegmentBytes = segmentBytes
    options.segmentBytes = segmentBytes
    let disk = SimulatedDisk()
    let workload = Workload(disk, options: options)
    try workload.open()
    for _ in 0..<gather.turns { workload.append(events: gather.records, bytes: gather.bytes) }
    workload.flush()
    guard workload.failure == nil, workload.acknowledged == workload.records.count else {
      return "\(workload.acknowledged) of \(workload.records.count) records acknowledged"
    }
    workload.abandon()
    return workload.oracle.objection(to: try Recovered(disk, options).replayed)
  }
}
