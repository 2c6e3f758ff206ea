internal import Lifecycle

@testable import Store

/// A queue that expectations can ask: they take copies, and the queue itself has none.
final class BoxedQueue {
  private var queue = ReviewQueue()

  var nextInstant: Timestamp? { queue.nextInstant }
  var nextLapse: UInt64? { queue.nextLapse }

  func change(_ slot: Slot, of tenant: String, to wait: ReviewWait?, at now: Timestamp) {
    queue.change(slot, of: tenant, to: wait, at: now)
  }

  func advance(to now: Timestamp, monotonic: UInt64, limit: Int) -> [Slot] {
    queue.advance(to: now, monotonic: monotonic, limit: limit)
  }

  func postpone(_ slot: Slot, to time: Timestamp) { queue.postpone(slot, to: time) }

  func hasDue(_ kind: ReviewKind) -> Bool { queue.hasDue(kind) }

  func claim(_ kind: ReviewKind, most: Int, until lapse: UInt64, nonce: () -> UInt32) -> [ReviewQueue.Claimed] {
    queue.claim(kind, most: most, until: lapse, nonce: nonce)
  }

  func renew(_ token: UInt64, until lapse: UInt64) -> Bool { queue.renew(token, until: lapse) }

  func giveBack(_ token: UInt64, wasBegun: Bool = true) -> Bool { queue.giveBack(token, wasBegun: wasBegun) }

  func counts(_ kind: ReviewKind, of tenant: String?) -> ReviewCounts { queue.counts(kind, of: tenant) }

  func attention(_ attention: Attention, of tenant: String?) -> UInt64 { queue.attention(attention, of: tenant) }

  func longestDue(_ kind: ReviewKind, of tenant: String?) -> Timestamp? { queue.longestDue(kind, of: tenant) }

  func oldest(_ kind: ReviewKind, of tenant: String?) -> [Slot] { queue.oldest(kind, of: tenant) }
}
