internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store

/// A WatchStats: the counts at once, then at the asked interval when something has changed: an event, or, since reviews
/// become due by the time alone, what the store says when it is asked. Confined to its loop's
/// thread, but for what the store brings, which comes through `Inbox`.
final class WatchStatsSource: ReplySource {
  /// Counts, and the revision that they are true of.
  struct Counts: Equatable, Sendable {
    var revision: UInt64
    var statistics: Statistics
    var reviews: ReviewStatistics
  }

  private enum Phase {
    /// The store is to be asked at this time.
    case resting(until: UInt64)
    /// The store was asked.
    case asking
    /// The counts wait until their revision is durable.
    case holding(Counts)
  }

  private let tenant: String?
  /// Nanoseconds.
  private let interval: UInt64
  private let store: CustomerStore
  private let waker: StreamWaker
  private let listener: LoopListener
  private let inbox = Inbox<Counts>()
  private var phase = Phase.resting(until: 0)
  private var sent: Counts?
  private var nextAt: UInt64 = 0

  init(tenant: String?, interval: UInt64, store: CustomerStore, listener: LoopListener, waker: StreamWaker) {
    self.tenant = tenant
    self.interval = interval
    self.store = store
    self.listener = listener
    self.waker = waker
    store.hub.add(listener)
  }

  deinit { store.hub.remove(listener) }

  func cancelled() { inbox.close() }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if case .resting(let due) = phase {
      if now < due { return .idle(until: due) }
      nextAt = now + interval
      phase = .asking
      store.executor.submit(CountTurn(tenant: tenant, store: store, inbox: inbox, waker: waker))
    }
    if case .asking = phase {
      guard let counts = inbox.take() else { return .idle(until: .max) }
      if counts == sent {
        phase = .resting(until: nextAt)
        return .idle(until: nextAt)
      }
      phase = .holding(counts)
    }
    guard case .holding(let counts) = phase, counts.revision <= store.hub.durableRevision else {
      return .idle(until: .max)
    }
    phase = .resting(until: nextAt)
    sent = counts
    Self.response(counts).encode(into: &payload)
    return .message
  }

  private static func response(_ counts: Counts) -> GatehouseV1.WatchStatsResponse {
    var response = GatehouseV1.WatchStatsResponse()
    response.revision = counts.revision
    response.attention = counts.statistics.attention
    for to in State.allCases {
      let customers = counts.statistics.customers(in: to)
      if customers != 0 {
        var count = GatehouseV1.StateCount()
        count.state = GatehouseV1.CustomerState(rawValue: Int32(to.rawValue))
        count.customers = customers
        count.oldestSince = counts.reviews.oldestSince(in: to).map { GoogleProtobuf.Timestamp($0) }
        response.counts.append(count)
      }
      for from in [nil] + State.allCases.map(Optional.some) {
        let transitions = counts.statistics.transitions(from: from, to: to)
        if transitions == 0 { continue }
        var count = GatehouseV1.TransitionCount()
        count.from = GatehouseV1.CustomerState(rawValue: Int32(from?.rawValue ?? 0))
        count.to = GatehouseV1.CustomerState(rawValue: Int32(to.rawValue))
        count.count = transitions
        response.transitions.append(count)
      }
    }
    counts.reviews.write(into: &response)
    return response
  }
}

/// Asks the store for the counts.
private final class CountTurn: CombiningExecutor.Work {
  private let tenant: String?
  private let store: CustomerStore
  private let inbox: Inbox<WatchStatsSource.Counts>
  private let waker: StreamWaker

  init(tenant: String?, store: CustomerStore, inbox: Inbox<WatchStatsSource.Counts>, waker: StreamWaker) {
    self.tenant = tenant
    self.store = store
    self.inbox = inbox
    self.waker = waker
  }

  func run() {
    let counts = store.assumeIsolated { store in
      WatchStatsSource.Counts(
        revision: store.revision, statistics: store.statistics(tenant: tenant),
        reviews: store.reviewStatistics(tenant: tenant))
    }
    inbox.put(counts, waking: waker)
  }
}

extension ServiceDispatcher {
  /// Milliseconds between messages that a client may ask for.
  private static let statsIntervals: ClosedRange<UInt32> = 100...3_600_000
  private static let defaultStatsInterval: UInt32 = 1000

  func openWatchStats(_ call: StreamOpening, by caller: Caller) throws(Status) -> any ReplySource {
    let request: GatehouseV1.WatchStatsRequest
    do throws(WireError) {
      request = try GatehouseV1.WatchStatsRequest(decoding: call.payload)
    } catch {
      throw .payloadMalformed(call.method, error)
    }
    let interval = request.intervalMs == 0 ? Self.defaultStatsInterval : request.intervalMs
    guard Self.statsIntervals.contains(interval) else {
      throw .fieldInvalid("interval_ms", "must be from 100 to 3600000")
    }
    return WatchStatsSource(
      tenant: try RequestValidation.visibleTenant(request.tenant, by: caller), interval: UInt64(interval) * 1_000_000,
      store: store, listener: listeners.listener(of: call.waker.sink), waker: call.waker)
  }
}
