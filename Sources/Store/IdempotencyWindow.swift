internal import Lifecycle

/// What was answered to calls with an idempotency key, for as long as the window says.
///
/// It keeps no answers: an answer is rendered again from the record that it was rendered from first. Bounded by the
/// window and the rate of calls with a key: about 80 bytes each.
struct IdempotencyWindow {
  /// A caller's key: digest of the principal and the key.
  typealias Key = SipHash.Digest

  /// How a call was answered.
  struct Entry: Sendable {
    /// Stands for the request; another digest under the same key is another request.
    var digest: RequestDigest
    /// The event that the answer was rendered from.
    var revision: UInt64
    /// How the answer is rendered.
    var form: UInt32
    /// A value of `gatehouse.v1.Reason`; 0 when the call succeeded.
    var refusal: UInt32
    /// The customer that the answer showed.
    var slot: Slot
    /// From this moment on the key is free again.
    var lapsesAt: Timestamp
  }

  /// An answer, and the key that it is remembered under.
  struct Remembered: Sendable {
    var key: Key
    var entry: Entry
  }

  private struct Lapse {
    var at: Timestamp
    var key: Key
  }

  private var entries: [Key: Entry] = [:]
  /// In the order of time, from `head` on.
  private var lapses: [Lapse] = []
  private var head = 0
  /// How many lapses came before the first of `lapses`.
  private var dropped = 0

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
      dropped += head
      head = 0
    }
  }

  // MARK: - Copying, a few at a time

  /// Counts the answers remembered so far, those that have lapsed among them: where the next one will be.
  var end: Int { dropped + lapses.count }

  /// The answers from a place on that have not lapsed, of at most so many that were remembered, and the place behind.
  func answers(from place: Int, to end: Int, limit: Int) -> (answers: [Remembered], next: Int) {
    let first = max(place, dropped + head)
    let next = max(place, min(end, first + limit))
    var answers: [Remembered] = []
    for index in first..<max(first, next) {
      let lapse = lapses[index - dropped]
      guard let entry = entries[lapse.key], entry.lapsesAt == lapse.at else { continue }
      answers.append(Remembered(key: lapse.key, entry: entry))
    }
    return (answers, next)
  }
}
