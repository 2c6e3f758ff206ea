internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Synchronization
internal import System

// gatehouse.v1.AdminService. Its unary calls never wait for a turn of the store, nor for the gate: a server whose disk
// is full or slow tells so.

extension ServiceDispatcher {
  /// Whether a method is answered apart from the turn that brings it.
  static func isAnsweredApart(_ method: RPCMethod) -> Bool {
    method == .adminServiceGetStatus || method == .adminServiceTakeSnapshot
  }

  /// Begins a call that is answered apart.
  func handOver(
    _ call: CallBatch.Call,
    _ payload: UnsafeRawBufferPointer,
    answering address: ReturnAddress
  ) throws(Status) {
    guard MonotonicClock.now() < call.deadline else { throw .deadlineExceeded }
    if call.method == .adminServiceTakeSnapshot { return try takeSnapshot(payload, answering: address) }
    try Self.decode(GatehouseV1.GetStatusRequest.self, payload, of: call.method)
    let isTaken = workers.submit { [self] in
      address.deliver { status().encode(into: &$0) }
    }
    if !isTaken { throw .workersBusy }
  }

  private func takeSnapshot(_ payload: UnsafeRawBufferPointer, answering address: ReturnAddress) throws(Status) {
    try Self.decode(GatehouseV1.TakeSnapshotRequest.self, payload, of: .adminServiceTakeSnapshot)
    let began = MonotonicClock.now()
    store.takeSnapshot { result in
      switch result {
      case .success(let taken):
        var response = GatehouseV1.TakeSnapshotResponse()
        response.snapshot = GatehouseV1.SnapshotStatus(taken)
        response.durationUs = (MonotonicClock.now() - began) / 1000
        address.deliver { response.encode(into: &$0) }
      case .failure(let error):
        address.deliver(.snapshotFailed(error))
      }
    }
  }

  @discardableResult
  private static func decode<Message: WireMessage>(
    _: Message.Type, _ payload: UnsafeRawBufferPointer, of method: RPCMethod
  ) throws(Status) -> Message {
    do throws(WireError) {
      return try Message(decoding: payload)
    } catch {
      throw .payloadMalformed(method, error)
    }
  }

  // MARK: - Backup

  func openBackup(_ call: StreamOpening) throws(Status) -> any ReplySource {
    let request: GatehouseV1.BackupRequest
    do throws(WireError) {
      request = try GatehouseV1.BackupRequest(decoding: call.payload)
    } catch {
      throw .payloadMalformed(call.method, error)
    }
    var resumption: BackupSource.Resumption?
    if let plan = request.plan {
      resumption = BackupSource.Resumption(
        plan: try BackupPlan(plan),
        position: BackupPosition(file: Int(request.file), offset: Int(clamping: request.offset)))
    } else if request.file != 0 || request.offset != 0 {
      throw .fieldInvalid("plan", "must be given with a position: of which backup would it be?")
    }
    guard let slot = backupSlots.take() else { throw .tooManyBackups }
    return BackupSource(resumption, store: store, workers: workers, slot: slot, waker: call.waker)
  }
}

/// How many backups are under way at once: each holds the files of the log open, and keeps a worker busy.
final class BackupSlots: Sendable {
  static let limit = 4

  private let taken = Mutex(0)

  /// Given back when its last reference goes.
  final class Slot: Sendable {
    private let slots: BackupSlots

    init(of slots: BackupSlots) {
      self.slots = slots
    }

    deinit { slots.taken.withLock { $0 -= 1 } }
  }

  /// - Returns: nil when as many as are allowed are under way.
  func take() -> Slot? {
    let isFree = taken.withLock { taken in
      guard taken < Self.limit else { return false }
      taken += 1
      return true
    }
    return isFree ? Slot(of: self) : nil
  }
}
