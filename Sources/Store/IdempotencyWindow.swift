internal import Lifecycle

/// What was answered to calls with an idempotency key, for as long as the window says.
///
/// It keeps no answers: an answer is rendered again from the record that it was rendered from first. Bounded by the
/// window and the rate of calls with a key: about 80 bytes each.
struct IdempotencyWindow: ~Copyable {
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

  /// Answers a slab: they are made and freed so many at a time, never all of a day's.
  private static var slabCapacity: Int { 1024 }
  /// Numbers that the index knows answers by, used again and again: one less than it can tell apart.
  private static var numbers: Int { Int(UInt32.max) }

  /// In the order in which they were remembered, from the place `dropped` on.
  private var slabs: [[Remembered]] = []
  private var index = SlotIndex()
  /// The place of the oldest answer that is not forgotten.
  private var head = 0
  /// How many answers came before the first slab: a multiple of its capacity.
  private var dropped = 0
  /// Counts the answers remembered so far, forgotten ones among them: where the next one will be.
  private(set) var end = 0

  /// How many answers are remembered.
  var count: Int { end - head }

  /// What was answered under a key that has not lapsed.
  func entry(under key: Key, at now: Timestamp) -> Entry? {
    let found = index.find(hash: key.low) { number in
      guard let place = place(number) else { return false }
      return self[place].key == key && now < self[place].entry.lapsesAt
    }
    return found.flatMap { place($0) }.map { self[$0].entry }
  }

  /// Remembers an answer. The key is free: a call whose key is not is answered from what is there.
  mutating func remember(_ entry: Entry, under key: Key) {
    if end - dropped == slabs.count * Self.slabCapacity {
      var slab: [Remembered] = []
      slab.reserveCapacity(Self.slabCapacity)
      slabs.append(slab)
    }
    slabs[slabs.count - 1].append(Remembered(key: key, entry: entry))
    // Where the index would grow it first lets go of what is forgotten.
    let (head, end) = (head, end)
    index.insert(hash: key.low, slot: UInt32(end % Self.numbers)) { Self.place($0, from: head, to: end) == nil }
    self.end += 1
  }

  /// Forgets at most `limit` of what has lapsed, so that no call pays for a whole day's keys.
  mutating func forget(lapsedBy now: Timestamp, limit: Int = 64) {
    let last = min(end, head + limit)
    while head < last && self[head].entry.lapsesAt <= now { head += 1 }
    while head - dropped >= Self.slabCapacity {
      slabs.removeFirst()
      dropped += Self.slabCapacity
    }
  }

  private subscript(place: Int) -> Remembered {
    _read { yield slabs[(place - dropped) / Self.slabCapacity][(place - dropped) % Self.slabCapacity] }
  }

  private func place(_ number: UInt32) -> Int? { Self.place(number, from: head, to: end) }

  /// The place of a number; nil when that is forgotten.
  private static func place(_ number: UInt32, from head: Int, to end: Int) -> Int? {
    var distance = Int(number) - head % numbers
    if distance < 0 { distance += numbers }
    return distance < end - head ? head + distance : nil
  }

  // MARK: - Copying, a few at a time

  /// The answers from a place on that are not forgotten, of at most so many that were remembered, and the place behind.
  func answers(from place: Int, to end: Int, limit: Int) -> (answers: [Remembered], next: Int) {
    let first = max(place, head)
    let next = max(place, min(end, first + limit))
    return ((first..<max(first, next)).map { self[$0] }, next)
  }
}
