internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import Store
internal import System
internal import Testing
internal import WalletSigner

@testable import RPC
@testable import Services

@Suite struct AdminServiceTests {
  private static func status(_ fixture: ServicesFixture) throws -> GatehouseV1.GetStatusResponse {
    try fixture.call(.adminServiceGetStatus, GatehouseV1.GetStatusRequest())
  }

  @Test func theStatusOfAnEmptyStore() throws {
    let fixture = try ServicesFixture()
    let status = try Self.status(fixture)
    #expect(status.version == "1.2.3")
    #expect(status.storeId == fixture.dispatcher.store.hub.storeID)
    #expect(status.customers == 0 && status.log?.durableRevision == 0 && status.log?.decidedRevision == 0)
    #expect(status.log?.sequence == 0 && status.log?.oldestRevision == 1 && status.log?.segments == 1)
    #expect(status.log?.recoveryEstimateSeconds == 0)
    #expect(status.snapshots.isEmpty && status.scrub?.findings == [])
    #expect(status.writeRefusal == .unspecified && status.writeRefusalSince == nil)
    #expect(status.startedAt?.seconds ?? 0 > 1_700_000_000)
    #expect(status.residentBytes > 1 << 20)
  }

  @Test func theStatusFollowsWhatHappens() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.makeActive(1)
    _ = try fixture.create(2)
    let status = try Self.status(fixture)
    #expect(status.customers == 2)
    #expect(status.log?.durableRevision == 5 && status.log?.decidedRevision == 5)
    #expect(status.log?.eventsSinceSnapshot == 5 && status.log?.waitingBytes == 0)
    let flushes = try #require(status.flush?.life)
    #expect(flushes.count == status.log?.sequence)
    #expect(flushes.count > 0 && flushes.maxUs >= flushes.p99Us && flushes.p99Us >= flushes.p50Us)
    #expect(status.flush?.recent == flushes && status.flush?.slow == 0)
    var traffic = Traffic()
    traffic.connections = 3
    traffic.streamsOpened = 4
    traffic.calls = 5
    fixture.dispatcher.reportTraffic { [traffic] in traffic }
    let again = try Self.status(fixture)
    #expect(again.connections == 3 && again.streamsOpened == 4 && again.calls == 5)
    #expect(again.uptimeUs >= status.uptimeUs)
  }

  /// A disk that does not go on keeps no status back: what was decided is told beside what is durable.
  @Test func theStatusWaitsForNoDisk() throws {
    let disk = StallingFileSystem()
    let fixture = try ServicesFixture(fileSystem: disk)
    disk.stall()
    defer { disk.goOn() }
    // Whoever brings a call may have to flush, so somebody else brings it.
    let created = Monitor<Result<GatehouseV1.CreateCustomerResponse, any Error>?>(nil)
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = "eip155:1:\(ServicesFixture.wallet(1).address)"
    request.externalId = "slow"
    let (dispatcher, sink) = (fixture.dispatcher, RecordingSink())
    let thread = try Thread(name: "creates") { [request] in
      let batch = CallBatch(sink: sink)
      var list = CallList()
      request.encoded().withUnsafeBytes { payload in
        list.append(
          CallHeader(
            stream: 1, method: .customerServiceCreateCustomer, caller: CallerID(rawValue: 0), deadline: .max),
          connection: ServicesFixture.connection, payload: payload)
      }
      batch.take(&list)
      dispatcher.handle(batch)
      let answer = sink.state.wait { $0.answers[1] }
      created.withLock { $0 = Result { try GatehouseV1.CreateCustomerResponse(decoding: try answer.get()) } }
      created.broadcast()
    }
    disk.awaitFlush(of: "segment-00000000000000000001")
    let status = try Self.status(fixture)
    #expect(status.log?.decidedRevision == 1 && status.log?.durableRevision == 0)
    #expect(status.log?.waitingBytes ?? 0 > 0 && status.customers == 1)
    #expect(created.withLock { $0 == nil })
    disk.goOn()
    thread.join()
    let answer = try created.withLock { try $0?.get() }
    #expect(answer?.customer?.revision == 1)
  }

  // MARK: - TakeSnapshot

  @Test func aSnapshotIsAnsweredWhenItCounts() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.makeActive(1)
    let before = try Self.status(fixture)
    let taken = try fixture.call(
      .adminServiceTakeSnapshot, GatehouseV1.TakeSnapshotRequest(), GatehouseV1.TakeSnapshotResponse.self)
    let snapshot = try #require(taken.snapshot)
    #expect(snapshot.revision == 4 && snapshot.bytes > 0 && taken.durationUs > 0)
    #expect(snapshot.madeAt?.seconds ?? 0 >= before.startedAt?.seconds ?? .max)
    let status = try Self.status(fixture)
    #expect(status.snapshots == [snapshot])
    #expect(before.log?.eventsSinceSnapshot == 4 && status.log?.eventsSinceSnapshot == 0)
    #expect(before.log?.bytesSinceSnapshot ?? 0 > 0 && status.log?.bytesSinceSnapshot == 0)
    let file = try LinuxFileSystem().open("\(fixture.directory)/\(snapshot.file)", .read)
    #expect(try file.size() == Int(snapshot.bytes))
    // Nothing has happened since: the same one says all that there is to say.
    let again = try fixture.call(
      .adminServiceTakeSnapshot, GatehouseV1.TakeSnapshotRequest(), GatehouseV1.TakeSnapshotResponse.self)
    #expect(again.snapshot == snapshot)
  }

  @Test func aSnapshotThatFailsIsARefusal() {
    let full = Status.snapshotFailed(JournalError(.noSpace, path: "p", "full"))
    #expect(full.code == .resourceExhausted && full.reason == "DISK_FULL")
    let failed = Status.snapshotFailed(JournalError(.disk, path: "p", "broken"))
    #expect(failed.code == .internal && failed.reason == "SNAPSHOT_FAILED" && failed.message.contains("p: broken"))
  }
}
