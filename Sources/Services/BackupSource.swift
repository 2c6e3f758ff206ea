internal import GatehouseAPI
internal import Journal
internal import ProtobufWire
internal import RPC
internal import Store
internal import System

/// A Backup: the plan, the pieces of the files in order, the end. Confined to its loop's thread, but for what workers
/// bring, which comes through `Inbox`.
///
/// Workers read one piece at a time: the next while one is being sent. So a slow reader costs a piece of memory, and
/// the disk is asked no faster than the reader takes.
final class BackupSource: ReplySource {
  /// Where an earlier backup is to be gone on with.
  struct Resumption: Sendable {
    var plan: BackupPlan
    var position: BackupPosition
  }

  private enum Delivery: Sendable {
    case begun(Backup)
    case piece(BackupPiece, checksum: UInt32)
    /// No piece is left.
    case end
    case failure(Status)
  }

  private let resumption: Resumption?
  private let store: CustomerStore
  private let workers: WorkerPool
  private let slot: BackupSlots.Slot
  private let waker: StreamWaker
  private let inbox = Inbox<Delivery>()
  private var backup: Backup?
  /// Whether a worker has something to bring.
  private var isWaiting = false
  private var isComplete = false

  init(
    _ resumption: Resumption?, store: CustomerStore, workers: WorkerPool, slot: BackupSlots.Slot, waker: StreamWaker
  ) {
    self.resumption = resumption
    self.store = store
    self.workers = workers
    self.slot = slot
    self.waker = waker
  }

  func cancelled() { inbox.close() }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if isComplete { return .end(.ok) }
    if !isWaiting { begin() }
    guard let delivery = inbox.take() else { return .idle(until: .max) }
    isWaiting = false
    switch delivery {
    case .failure(let status): return .end(status)
    case .begun(let begun):
      backup = begun
      payload.message(GatehouseV1.BackupResponse.Field.plan) { GatehouseV1.BackupPlan(begun.plan).encode(into: &$0) }
      readOn()
    case .piece(let piece, let checksum):
      payload.message(GatehouseV1.BackupResponse.Field.data) { Self.write(piece, checksum, into: &$0) }
      readOn()
    case .end:
      let bytes = backup?.plan.files.reduce(0) { $0 + $1.bytes } ?? 0
      payload.message(GatehouseV1.BackupResponse.Field.complete) {
        $0.field(GatehouseV1.BackupComplete.Field.bytes, varint: UInt64(bytes))
      }
      isComplete = true
    }
    return .message
  }

  private static func write(_ piece: BackupPiece, _ checksum: UInt32, into writer: inout WireWriter) {
    typealias Field = GatehouseV1.BackupData.Field
    if piece.position.file != 0 { writer.field(Field.file, varint: UInt64(piece.position.file)) }
    if piece.position.offset != 0 { writer.field(Field.offset, varint: UInt64(piece.position.offset)) }
    writer.field(Field.data, bytes: piece.bytes)
    writer.field(Field.checksum, fixed32: checksum)
  }

  // MARK: - Work for workers

  private func begin() {
    submit { [store, resumption] () throws(Status) in
      do throws(BackupError) {
        guard let resumption else { return .begun(try store.beginBackup()) }
        return .begun(try store.resumeBackup(resumption.plan, from: resumption.position))
      } catch {
        throw .backupRefused(error, storeID: store.hub.storeIDText)
      }
    }
  }

  private func readOn() {
    guard let backup else { return }
    submit { () throws(Status) in
      do throws(JournalError) {
        guard let piece = try backup.next() else { return .end }
        return .piece(piece, checksum: piece.bytes.withUnsafeBytes { CRC32C.checksum($0) })
      } catch {
        throw .journalUnreadable(error)
      }
    }
  }

  private func submit(_ work: @escaping @Sendable () throws(Status) -> Delivery) {
    isWaiting = true
    let isTaken = workers.submit { [inbox, waker] in
      do throws(Status) {
        inbox.put(try work(), waking: waker)
      } catch {
        inbox.put(.failure(error), waking: waker)
      }
    }
    if !isTaken { inbox.put(.failure(.workersBusy), waking: waker) }
  }
}

extension BackupPlan {
  /// As it came from a client: it may be anything.
  init(_ plan: GatehouseV1.BackupPlan) throws(Status) {
    guard let storeID = StoreID(plan.storeId) else { throw .fieldInvalid("plan", "has a store_id that is none") }
    self.init(
      storeID: storeID, revision: plan.revision, sequence: plan.sequence, chain: plan.chain,
      files: plan.files.map { File(name: $0.name, bytes: Int(clamping: $0.bytes)) })
  }
}

extension GatehouseV1.BackupPlan {
  init(_ plan: BackupPlan) {
    self.init()
    storeId = plan.storeID.bytes
    revision = plan.revision
    sequence = plan.sequence
    chain = plan.chain
    files = plan.files.map { listed in
      var file = GatehouseV1.BackupFile()
      file.name = listed.name
      file.bytes = UInt64(listed.bytes)
      return file
    }
  }
}
