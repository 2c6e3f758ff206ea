internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// Which services there are, and whether they take calls: grpc.health.v1.Health, as published. Beside them there is
/// ``journal``, which is no service: it stops "serving" when damage is found on the disk. The others go on: what they
/// answer from is in memory, and it is for a person to decide.
public final class HealthRegistry: Sendable {
  /// The name under which the health of what lies on the disk is asked for.
  static let journal = "gatehouse.journal"

  private struct State {
    var isServing = true
    /// Whether nothing was found wrong with what lies on the disk.
    var isJournalSound = true
    /// Grows with each change, so that a stream knows what it has told.
    var version: UInt64 = 0
    /// Of the streams that are open, by a number of their own. Bounded by the streams that connections allow.
    var watchers: [UInt64: StreamWaker] = [:]
    var nextWatcher: UInt64 = 0
  }

  private let names: [String]
  private let state = Mutex(State())

  init(hasSimulator: Bool) {
    var names = [""]
    for method in RPCMethod.allCases where !names.contains(method.service) {
      if method.service == "gatehouse.v1.SimulatorService" && !hasSimulator { continue }
      names.append(method.service)
    }
    names.append(Self.journal)
    self.names = names
  }

  /// Says whether the server takes calls, and tells those who watch. Any thread.
  public func setServing(_ isServing: Bool) { change { $0.isServing = isServing } }

  /// Says that damage was found on the disk, and tells those who watch. Any thread.
  func journalIsDamaged() { change { $0.isJournalSound = false } }

  private func change(_ body: (inout State) -> Void) {
    let watchers = state.withLock { state -> [StreamWaker] in
      let before = (state.isServing, state.isJournalSound)
      body(&state)
      guard before != (state.isServing, state.isJournalSound) else { return [] }
      state.version += 1
      return Array(state.watchers.values)
    }
    for watcher in watchers { watcher.wake() }
  }

  /// The present status of a service, and the version it is of; nil if there is no such service.
  func status(of service: String) -> (status: GrpcHealthV1.HealthCheckResponse.ServingStatus, version: UInt64)? {
    guard names.contains(service) else { return nil }
    return state.withLock { state in
      let isServing = state.isServing && (service != Self.journal || state.isJournalSound)
      return (isServing ? .serving : .notServing, state.version)
    }
  }

  /// The status of every service, by name.
  func all() -> [(name: String, status: GrpcHealthV1.HealthCheckResponse.ServingStatus)] {
    names.compactMap { name in status(of: name).map { (name, $0.status) } }
  }

  func add(_ waker: StreamWaker) -> UInt64 {
    state.withLock { state in
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = waker
      return state.nextWatcher
    }
  }

  func remove(_ watcher: UInt64) {
    _ = state.withLock { $0.watchers.removeValue(forKey: watcher) }
  }
}

extension ServiceDispatcher {
  func checkHealth(_ call: borrowing CallRequest) throws(Status) {
    let request = try call.decode(GrpcHealthV1.HealthCheckRequest.self)
    guard let (status, _) = health.status(of: request.service) else {
      throw Status(
        .notFound, .serviceNotFound, "there is no service \"\(request.service)\"",
        metadata: [("service", request.service)])
    }
    call.succeed { Self.response(status).encode(into: &$0) }
  }

  func listHealth(_ call: borrowing CallRequest) throws(Status) {
    _ = try call.decode(GrpcHealthV1.HealthListRequest.self)
    var response = GrpcHealthV1.HealthListResponse()
    for (name, status) in health.all() { response.statuses[name] = Self.response(status) }
    call.succeed { response.encode(into: &$0) }
  }

  func openHealthWatch(_ call: StreamOpening) throws(Status) -> any ReplySource {
    do throws(WireError) {
      let request = try GrpcHealthV1.HealthCheckRequest(decoding: call.payload)
      return HealthSource(of: request.service, health: health, waker: call.waker)
    } catch {
      throw .payloadMalformed(call.method, error)
    }
  }

  fileprivate static func response(
    _ status: GrpcHealthV1.HealthCheckResponse.ServingStatus
  ) -> GrpcHealthV1.HealthCheckResponse {
    var response = GrpcHealthV1.HealthCheckResponse()
    response.status = status
    return response
  }
}

/// A Health.Watch: the present status at once, then each change. An unknown service is told as such, and the stream
/// stays open.
final class HealthSource: ReplySource {
  private let service: String
  private let health: HealthRegistry
  private let watcher: UInt64
  private var told: UInt64?

  init(of service: String, health: HealthRegistry, waker: StreamWaker) {
    self.service = service
    self.health = health
    watcher = health.add(waker)
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    let (status, version) = health.status(of: service) ?? (.serviceUnknown, 0)
    if told == version { return .idle(until: .max) }
    told = version
    ServiceDispatcher.response(status).encode(into: &payload)
    return .message
  }

  func cancelled() { health.remove(watcher) }

  deinit { health.remove(watcher) }
}
