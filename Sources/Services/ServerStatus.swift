internal import GatehouseAPI
internal import Journal
internal import ProtobufWire
internal import Store
internal import Synchronization
internal import System

extension ServiceDispatcher {
  /// How the server is. Any thread; asks neither the store nor the disk.
  func status() -> GatehouseV1.GetStatusResponse {
    let journal = store.journalStatus
    var status = GatehouseV1.GetStatusResponse()
    status.version = settings.version
    status.startedAt = GoogleProtobuf.Timestamp(microseconds: startedAt)
    status.uptimeUs = (MonotonicClock.now() &- startedClock) / 1000
    status.storeId = journal.storeID.bytes
    status.log = GatehouseV1.LogStatus(journal)
    status.log?.recoveryEstimateSeconds = store.recoveryEstimate(journal)
    status.snapshots = journal.snapshots.map { GatehouseV1.SnapshotStatus($0) }
    status.flush = GatehouseV1.FlushStatus(journal)
    status.recovery = GatehouseV1.RecoveryStatus(journal)
    if let refusal = journal.refusal {
      status.writeRefusal =
        switch refusal.reason {
        case .diskFull: .diskFull
        case .overloaded: .overloaded
        }
      status.writeRefusalSince = GoogleProtobuf.Timestamp(microseconds: refusal.since)
    }
    status.scrub = journal.scrub.map { GatehouseV1.ScrubStatus($0) }
    status.customers = UInt64(store.publishedCustomerCount)
    let traffic = trafficSource.withLock { $0 }?() ?? Traffic()
    status.connections = traffic.connections
    status.streamsOpened = traffic.streamsOpened
    status.calls = traffic.calls
    status.residentBytes = UInt64(CurrentProcess.residentBytes ?? 0)
    return status
  }
}

extension GoogleProtobuf.Timestamp {
  /// - Parameter microseconds: since the Unix epoch.
  fileprivate init(microseconds: Int64) {
    self.init()
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    seconds = remainder < 0 ? quotient - 1 : quotient
    nanos = Int32(truncatingIfNeeded: (remainder < 0 ? remainder + 1_000_000 : remainder) * 1000)
  }
}

extension GatehouseV1.LogStatus {
  fileprivate init(_ journal: JournalStatus) {
    self.init()
    durableRevision = journal.durableRevision
    decidedRevision = journal.appendedRevision
    sequence = journal.sequence
    chain = journal.chain
    oldestRevision = journal.oldestRevision
    segments = UInt64(journal.segments)
    bytes = UInt64(journal.bytes)
    bytesSinceSnapshot = UInt64(journal.bytesSinceSnapshot)
    eventsSinceSnapshot = journal.eventsSinceSnapshot
    waitingBytes = UInt64(max(0, journal.waitingBytes))
  }
}

extension GatehouseV1.SnapshotStatus {
  init(_ snapshot: SnapshotStatus) {
    self.init()
    revision = snapshot.revision
    bytes = UInt64(snapshot.bytes)
    madeAt = GoogleProtobuf.Timestamp(microseconds: snapshot.madeAt)
    file = snapshot.file
  }
}

extension GatehouseV1.FlushStatus {
  fileprivate init(_ journal: JournalStatus) {
    self.init()
    life = GatehouseV1.FlushFigures(journal.flushes)
    recent = GatehouseV1.FlushFigures(journal.recentFlushes)
    slow = journal.slowFlushes
  }
}

extension GatehouseV1.FlushFigures {
  fileprivate init(_ figures: FlushFigures) {
    self.init()
    count = figures.count
    p50Us = figures.p50
    p99Us = figures.p99
    maxUs = figures.max
  }
}

extension GatehouseV1.RecoveryStatus {
  fileprivate init(_ journal: JournalStatus) {
    self.init()
    records = UInt64(journal.recovery.records)
    bytes = UInt64(journal.recovery.bytes)
    blocks = UInt64(journal.recovery.blocks)
    durationUs = journal.recoveryMicroseconds
    cutBytes = UInt64(journal.recovery.cutBytes)
    quarantineFile = journal.recovery.quarantineFile ?? ""
    snapshotRevision = journal.recovery.snapshotRevision
  }
}

extension GatehouseV1.ScrubStatus {
  fileprivate init(_ scrub: ScrubStatus) {
    self.init()
    file = scrub.file
    offset = UInt64(scrub.offset)
    passes = scrub.passes
    passEndedAt = scrub.passEndedAt.map { GoogleProtobuf.Timestamp(microseconds: $0) }
    findings = scrub.findings.map { found in
      var finding = GatehouseV1.ScrubFinding()
      finding.file = found.file
      finding.offset = UInt64(found.offset)
      finding.problem = found.problem
      finding.at = GoogleProtobuf.Timestamp(microseconds: found.at)
      return finding
    }
  }
}
