internal import GatehouseAPI
internal import Synchronization

/// The calls that wait for a turn of the store. Bounded: a call that would wait for long is told so at once, which
/// costs little, so that a server with more to do than it can keeps doing as much as it can, in time.
///
/// Counted in batches by the loops that bring them, so each loop may go beyond the bound by one batch.
final class Backlog: Sendable {
  private let limit: Int
  private let waiting = Atomic<Int>(0)

  /// - Parameter limit: from how many calls on more are refused.
  init(limit: Int) {
    self.limit = limit
  }

  var isFull: Bool { waiting.load(ordering: .relaxed) >= limit }

  /// Counts calls that are brought to the store.
  func add(_ calls: Int) { waiting.add(calls, ordering: .relaxed) }

  /// Counts them off when their turn has come.
  func remove(_ calls: Int) { waiting.subtract(calls, ordering: .relaxed) }

  /// Whether a call is refused when too many wait. Who asks after the server's health is answered all the same, however
  /// late: a busy server is not a broken one.
  static func mayRefuse(_ method: RPCMethod) -> Bool { method != .healthCheck && method != .healthList }
}
