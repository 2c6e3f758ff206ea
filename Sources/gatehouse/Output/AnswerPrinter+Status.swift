internal import GatehouseAPI

/// How a server and its log are, as a page for a person.
extension AnswerPrinter {
  func status(_ status: GatehouseV1.GetStatusResponse) {
    guard !isJSON else { return console.print(status.json.text) }
    let log = status.log ?? GatehouseV1.LogStatus()
    list(
      server(status) + self.log(log) + snapshots(status, log) + flushes(status.flush ?? GatehouseV1.FlushStatus())
        + recovery(status, log) + scrub(status.scrub),
      ink: ["writes": status.writeRefusal == .unspecified ? .green : .red, "damage": .red])
  }

  func snapshot(_ taken: GatehouseV1.TakeSnapshotResponse) {
    guard !isJSON else {
      return console.print(
        JSON.members(["snapshot": taken.snapshot?.json, "duration_us": .number(taken.durationUs)]).text)
    }
    let snapshot = taken.snapshot ?? GatehouseV1.SnapshotStatus()
    console.print(
      "\(snapshot.file)  revision \(snapshot.revision)  \(ByteText.short(snapshot.bytes))"
        + "  \(taken.durationUs / 1000) ms"
    )
  }

  private typealias Line = (name: String, value: String)

  private func server(_ status: GatehouseV1.GetStatusResponse) -> [Line] {
    let seconds = Int64(clamping: status.uptimeUs / 1_000_000) * 1_000_000
    let since = status.writeRefusalSince.map { " since \($0.utc)" } ?? ""
    return [
      ("server", "\(status.version), up \(TimeSpan.text(seconds)), \(ByteText.short(status.residentBytes)) resident"),
      ("traffic", "\(status.connections) connections, \(status.calls) calls, \(status.streamsOpened) streams opened"),
      ("store", Hexadecimal.text(status.storeId)),
      ("customers", "\(status.customers)"),
      (
        "writes",
        status.writeRefusal == .unspecified ? "taken" : "refused, \(status.writeRefusal.shortName)\(since)"
      ),
    ]
  }

  private func log(_ log: GatehouseV1.LogStatus) -> [Line] {
    [
      ("revision", "\(log.durableRevision)"),
      (
        "waiting",
        log.waitingBytes == 0 && log.decidedRevision == log.durableRevision
          ? "" : "up to revision \(log.decidedRevision), \(ByteText.short(log.waitingBytes)) not on the disk yet"
      ),
      ("oldest", "\(log.oldestRevision)"),
      ("log", "\(ByteText.short(log.bytes)) in \(log.segments) segments, \(log.sequence) blocks"),
      ("chain", Hexadecimal.digits(log.chain, 16)),
    ]
  }

  private func snapshots(_ status: GatehouseV1.GetStatusResponse, _ log: GatehouseV1.LogStatus) -> [Line] {
    let taken: [Line] = status.snapshots.map {
      ("snapshot", "revision \($0.revision), \(ByteText.short($0.bytes)), \($0.madeAt?.utc ?? ""), \($0.file)")
    }
    let behind = "\(log.eventsSinceSnapshot) events, \(ByteText.short(log.bytesSinceSnapshot))"
    return (taken.isEmpty ? [("snapshot", "none")] : taken) + [("behind it", behind)]
  }

  private func flushes(_ flush: GatehouseV1.FlushStatus) -> [Line] {
    func figures(_ figures: GatehouseV1.FlushFigures?) -> String {
      guard let figures, figures.count > 0 else { return "none" }
      return "\(figures.count), p50 \(figures.p50Us) us, p99 \(figures.p99Us) us, longest \(figures.maxUs) us"
    }
    return [
      ("flushes", "\(figures(flush.life)), \(flush.slow) over a second"),
      ("last minute", figures(flush.recent)),
    ]
  }

  private func recovery(_ status: GatehouseV1.GetStatusResponse, _ log: GatehouseV1.LogStatus) -> [Line] {
    let last = status.recovery ?? GatehouseV1.RecoveryStatus()
    let milliseconds = Int((log.recoveryEstimateSeconds * 1000).rounded(.up))
    let from = last.snapshotRevision == 0 ? "" : " behind the snapshot of revision \(last.snapshotRevision)"
    return [
      ("next start", "about \(milliseconds) ms"),
      (
        "last start",
        "\(last.durationUs / 1000) ms, \(last.records) records, \(last.blocks) blocks, \(ByteText.short(last.bytes))"
          + from
      ),
      ("cut off", last.cutBytes == 0 ? "" : "\(last.cutBytes) bytes, kept in \(last.quarantineFile)"),
    ]
  }

  private func scrub(_ scrub: GatehouseV1.ScrubStatus?) -> [Line] {
    guard let scrub else { return [] }
    let ended = scrub.passEndedAt.map { ", the last ended \($0.utc)" } ?? ""
    let place = scrub.file.isEmpty ? "" : "\(scrub.file) at \(ByteText.short(scrub.offset)), "
    return [("re-reading", "\(place)\(scrub.passes) passes\(ended)")]
      + scrub.findings.map { ("damage", "\($0.file), offset \($0.offset): \($0.problem) (\($0.at?.utc ?? ""))") }
  }
}
