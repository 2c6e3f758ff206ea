internal import GatehouseAPI
internal import Synchronization

/// The calls that wait for a turn of the store. Bounded: a call that would wait for long is told so at once, which
/// costs little, so that a server with more to do than it can keeps doing as much as it can, in time.
///
/// Counted in batches by the loops that bring them, which ask each time they have read and each time they have handed a
/// batch over: so each loop may go beyond the bound by what it reads at a time.
final class Backlog: Sendable {
  private let limit: Int
  private let limitATurn: Int
  private let waiting = Atomic<Int>(0)

  /// - Parameters:
  ///   - limit: from how many waiting calls on more are refused.
  ///   - limitATurn: from how many calls on that a loop has read without sending answers more are refused.
  init(limit: Int, limitATurn: Int) {
    self.limit = limit
    self.limitATurn = limitATurn
  }

  /// - Parameter calls: that the loop which asks has read since it last sent answers.
  func isFull(after calls: Int) -> Bool {
    calls >= limitATurn || waiting.load(ordering: .relaxed) >= limit
  }

  /// Counts calls that are brought to the store.
  func add(_ calls: Int) { waiting.add(calls, ordering: .relaxed) }

  /// Counts them off when their turn has come.
  func remove(_ calls: Int) { waiting.subtract(calls, ordering: .relaxed) }

  /// Whether a call is refused when too many wait. Who asks after the server's health is answered all the same, however
  /// late: a busy server is not a broken one.
  static func mayRefuse(_ method: RPCMethod) -> Bool { method != .healthCheck && method != .healthList }
}
