internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Synchronization

/// A Watch request, checked.
struct WatchOptions: Sendable {
  enum Start: Sendable {
    case now
    case after(UInt64)
    case snapshot
  }

  var start: Start
  var filter: WatchFilter
  /// Whether the watcher sees the private details of causes, as the platform does.
  var showsPrivate: Bool
  var latestOnly: Bool
  /// Nanoseconds between messages when nothing matches.
  var progressInterval: UInt64
}

/// Asks a loop's streams again when more is durable.
final class LoopListener: WatchHub.Listener {
  private let sink: any ReplySink

  init(_ sink: any ReplySink) {
    self.sink = sink
  }

  func durableDidAdvance() { sink.wakeStreams() }
}

/// One listener for each loop, made when its first watcher comes. Bounded by the number of loops.
final class LoopListeners: Sendable {
  private let listeners = Mutex<[ObjectIdentifier: LoopListener]>([:])

  func listener(of sink: any ReplySink) -> LoopListener {
    listeners.withLock { listeners in
      if let listener = listeners[ObjectIdentifier(sink)] { return listener }
      let listener = LoopListener(sink)
      listeners[ObjectIdentifier(sink)] = listener
      return listener
    }
  }
}

extension ServiceDispatcher {
  private static let defaultProgressInterval: UInt32 = 5000
  private static let minimumProgressInterval: UInt32 = 10

  func openWatch(_ call: StreamOpening, by caller: Caller) throws(Status) -> any ReplySource {
    let request: GatehouseV1.WatchRequest
    do throws(WireError) {
      request = try GatehouseV1.WatchRequest(decoding: call.payload)
    } catch {
      throw .payloadMalformed(call.method, error)
    }
    let options = try watchOptions(request, by: caller)
    return WatchSource(
      options, dispatcher: self, listener: listeners.listener(of: call.waker.sink), waker: call.waker)
  }

  private func watchOptions(_ request: GatehouseV1.WatchRequest, by caller: Caller) throws(Status) -> WatchOptions {
    let hub = store.hub
    if !request.storeId.isEmpty && request.storeId != hub.storeID {
      throw Status(
        .failedPrecondition, .storeChanged,
        "the history that the position belongs to is not this server's: begin with a snapshot",
        metadata: [("store_id", hub.storeIDText)])
    }
    guard request.customerIds.count <= FieldLimit.watchedCustomers else {
      throw .fieldInvalid("customer_ids", "at most \(FieldLimit.watchedCustomers) are taken")
    }
    var customers: Set<CustomerID> = []
    for id in request.customerIds { customers.insert(try RequestValidation.customerID(id)) }
    let interval = request.progressIntervalMs == 0 ? Self.defaultProgressInterval : request.progressIntervalMs
    guard interval >= Self.minimumProgressInterval else {
      throw .fieldInvalid("progress_interval_ms", "must be at least \(Self.minimumProgressInterval)")
    }
    return WatchOptions(
      start: try start(of: request),
      filter: WatchFilter(
        tenant: try RequestValidation.visibleTenant(request.tenant, by: caller),
        states: try RequestValidation.states(request.states), customers: customers),
      showsPrivate: caller.role == .platform,
      latestOnly: request.latestOnly,
      progressInterval: UInt64(interval) * 1_000_000)
  }

  private func start(of request: GatehouseV1.WatchRequest) throws(Status) -> WatchOptions.Start {
    guard let after = request.afterRevision else { return request.snapshot ? .snapshot : .now }
    if request.snapshot {
      throw .fieldInvalid("after_revision", "and snapshot exclude each other: a snapshot begins at the present")
    }
    let durable = store.hub.durableRevision
    if after > durable {
      throw Status(
        .outOfRange, .revisionInFuture, "revision \(after) has not happened yet: the newest is \(durable)",
        metadata: [("current", "\(durable)")])
    }
    let oldest = store.hub.oldestRevision
    if after < durable && after + 1 < oldest { throw .compacted(oldest: oldest) }
    return .after(after)
  }
}
