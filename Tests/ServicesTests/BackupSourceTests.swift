internal import Foundation
internal import GatehouseAPI
internal import Journal
internal import ProtobufWire
internal import Store
internal import System
internal import Testing

@testable import RPC
@testable import Services

@Suite struct BackupSourceTests {
  /// What a stream sent.
  private struct Received {
    var plan = GatehouseV1.BackupPlan()
    var files: [[UInt8]] = []
    var end: Status?
  }

  /// Reads a stream to its end, or for so many pieces.
  private static func read(
    _ reader: StreamReader, behind before: Received = Received(), pieces limit: Int = .max
  ) throws -> Received {
    var received = before
    var pieces = 0
    do {
      while pieces < limit, let message: GatehouseV1.BackupResponse = try reader.next() {
        switch message.kind {
        case .plan(let plan):
          received.plan = plan
          received.files = plan.files.map { _ in [] }
        case .data(let data):
          let file = Int(data.file)
          if received.files[file].isEmpty {
            received.files[file] = [UInt8](repeating: 0, count: Int(data.offset))
          }
          #expect(Int(data.offset) == received.files[file].count)
          #expect(data.checksum == data.data.withUnsafeBytes { CRC32C.checksum($0) })
          received.files[file] += data.data
          pieces += 1
        case .complete(let complete): #expect(complete.bytes == received.plan.files.reduce(0) { $0 + $1.bytes })
        case nil: Issue.record("a message without a kind")
        }
      }
    } catch let status as Status {
      received.end = status
    }
    return received
  }

  private static func refusal(_ fixture: ServicesFixture, _ request: GatehouseV1.BackupRequest) throws -> String? {
    try read(fixture.open(.adminServiceBackup, request)).end?.reason
  }

  @Test func theBackupIsTheStoreAtItsRevision() throws {
    let fixture = try ServicesFixture()
    let id = try fixture.makeActive(1)
    let reader = fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest())
    let begun = try Self.read(reader, pieces: 1)
    try fixture.deactivate(id, "after the backup had begun")
    let received = try Self.read(reader, behind: begun)
    #expect(received.end == .ok && received.plan.revision == 4)
    let directory = try TemporaryDirectory(prefix: "backup-")
    for (file, bytes) in zip(received.plan.files, received.files) {
      #expect(bytes.count == Int(file.bytes))
      try Data(bytes).write(to: URL(fileURLWithPath: "\(directory.path)/\(file.name)"))
    }
    let verified = try CustomerStore.verify(directory: directory.path, fileSystem: LinuxFileSystem())
    #expect(verified.report.lastRevision == 4 && verified.chain == received.plan.chain && verified.tornTail == nil)
    #expect(verified.storeID.bytes == fixture.dispatcher.store.hub.storeID)
  }

  @Test func itGoesOnWhereItWasCutOff() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.makeActive(1)
    let whole = try Self.read(fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest()))
    #expect(whole.end == .ok)
    _ = try fixture.create(2)
    var request = GatehouseV1.BackupRequest()
    request.plan = whole.plan
    request.file = 2
    request.offset = 5000
    let rest = try Self.read(fixture.open(.adminServiceBackup, request))
    #expect(rest.end == .ok && rest.plan == whole.plan)
    #expect(rest.files[0].isEmpty && rest.files[1].isEmpty)
    #expect(rest.files[2][5000...] == whole.files[2][5000...])
  }

  @Test func whatCannotBeGoneOnWithIsRefused() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    let plan = try Self.read(fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest())).plan
    func refusal(_ change: (inout GatehouseV1.BackupRequest) -> Void) throws -> String? {
      var request = GatehouseV1.BackupRequest()
      request.plan = plan
      change(&request)
      return try Self.refusal(fixture, request)
    }
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0.plan?.storeId[0] ^= 1 } == "STORE_CHANGED")
    #expect(try refusal { $0.plan?.storeId.removeLast() } == "FIELD_INVALID")
    #expect(try refusal { $0.plan?.chain ^= 1 } == "BACKUP_STALE")
    #expect(try refusal { $0.plan?.files[2].bytes = .max } == "BACKUP_STALE")
    #expect(try refusal { $0.offset = .max } == "BACKUP_STALE")
    #expect(try refusal { $0.file = .max } == "BACKUP_STALE")
    #expect(
      try refusal {
        $0.plan = nil
        $0.offset = 1
      } == "FIELD_INVALID")
  }

  @Test func damageEndsItWithFileAndOffset() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    let name = "segment-00000000000000000001.log"
    let file = try LinuxFileSystem().open("\(fixture.directory)/\(name)", .readWrite)
    try file.write([0xFF], at: 4096 + 130)
    let received = try Self.read(fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest()))
    #expect(received.end?.code == .dataLoss && received.end?.reason == "JOURNAL_DAMAGED")
    #expect(received.end?.errorInfo?.metadata["file"]?.hasSuffix(name) ?? false)
    #expect(received.end?.errorInfo?.metadata["offset"] == "4096")
  }

  /// A reader that grants nothing costs a piece, and as many as are allowed are under way.
  @Test func soManyAtOnceAndNoMore() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    var open = (0..<BackupSlots.limit).map { _ in
      fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest())
    }
    let begun = try open.map { try Self.read($0, pieces: 1) }
    #expect(try Self.refusal(fixture, GatehouseV1.BackupRequest()) == "OVERLOADED")
    // One that runs to its end and one that is cancelled each make room.
    #expect(try Self.read(open[0], behind: begun[0]).end == .ok)
    open[1].source.cancelled()
    open.removeFirst(2)
    for _ in 0..<2 {
      let reader = fixture.open(.adminServiceBackup, GatehouseV1.BackupRequest())
      _ = try Self.read(reader, pieces: 1)
      open.append(reader)
    }
    #expect(try Self.refusal(fixture, GatehouseV1.BackupRequest()) == "OVERLOADED")
  }
}
