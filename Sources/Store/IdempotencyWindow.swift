internal import Lifecycle

/// What was answered to calls with an idempotency key, for as long as the window says.
///
/// It keeps no answers: an answer is rendered again from the record that it was rendered from first. Bounded by the
/// window and the rate of calls with a key: about 80 bytes each.
struct IdempotencyWindow {
  /// A caller's key: digest of the principal and the key.
  typealias Key = SipHash.Digest

  /// How a call was answered.
  struct Entry {
    /// Stands for the request; another digest under the same key is another request.
    var digest: RequestDigest
    /// The event that the answer was rendered from.
    var revision: UInt64
    /// How the answer is rendered.
    var form: UInt32
    /// A value of `gatehouse.v1.Reason`; 0 when the call succeeded.
    var refusal: UInt32
    /// From this moment on the key is free again.
    var lapsesAt: Timestamp
  }

  private struct Lapse {
    var at: Timestamp
    var key: Key
  }

  private var entries: [Key: Entry] = [:]
  /// In the order of time, from `head` on.
  private var lapses: [Lapse] = []
  private var head = 0

  /// How many keys are remembered.
  var count: Int { entries.count }

  /// What was answered under a key that has not lapsed.
  func entry(under key: Key, at now: Timestamp) -> Entry? {
    guard let entry = entries[key], now < entry.lapsesAt else { return nil }
    return entry
  }

  /// Remembers an answer. The key is free: a call whose key is not is answered from what is there.
  mutating func remember(_ entry: Entry, under key: Key) {
    entries[key] = entry
    lapses.append(Lapse(at: entry.lapsesAt, key: key))
  }

  /// Forgets at most `limit` of what has lapsed, so that no call pays for a whole day's keys.
  mutating func forget(lapsedBy now: Timestamp, limit: Int = 64) {
    var left = limit
    while left > 0 && head < lapses.count && lapses[head].at <= now {
      let lapse = lapses[head]
      // The key may have been used again since.
      if entries[lapse.key]?.lapsesAt == lapse.at { entries[lapse.key] = nil }
      head += 1
      left -= 1
    }
    if head > 4096 && head * 2 > lapses.count {
      lapses.removeSubrange(..<head)
      head = 0
    }
  }
}
