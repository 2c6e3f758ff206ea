/// The open calls of a connection, in the order of their streams. Every call passes through it twice, and mostly calls
/// end about in the order in which they began, each numbered one above the one before: so they lie in a ring, where a
/// call's place follows from its number. A peer that leaves numbers out has its calls found by bisection.
///
/// Bounded by the greatest number of streams that the connection allows: the ring has at most four times as many slots.
struct StreamTable {
  private static let minimumCapacity = 16
  /// An empty table larger than this is given back.
  private static let keptCapacity = 256
  /// What a stream that has ended has as its value as long as older ones are open. No stream is given it.
  private static let ended = UInt32.max

  /// A ring: power of two in size, or empty. Stream in the low half, value in the high half.
  private var slots: [UInt64] = []
  /// Where the oldest open stream lies; 0 when none is open.
  private var first = 0
  /// How many slots are in use from there on, those of streams that have ended included. The oldest is open.
  private var length = 0
  /// How many streams are open.
  private(set) var count = 0

  /// How many slots there are.
  var capacity: Int { slots.count }

  /// Precondition: `stream` is greater than any before, and `value` is not `UInt32.max`.
  @inline(__always)
  mutating func insert(_ stream: UInt32, _ value: UInt32) {
    assert(value != Self.ended && (length == 0 || stream > self.stream(at: length &- 1)))
    if length == slots.count { makeRoom() }
    slots[index(length)] = UInt64(value) &<< 32 | UInt64(stream)
    length &+= 1
    count &+= 1
  }

  func value(of stream: UInt32) -> UInt32? {
    place(of: stream).map { value(at: $0) }
  }

  /// Nothing happens when `stream` is not there.
  mutating func update(_ stream: UInt32, _ value: UInt32) {
    assert(value != Self.ended)
    guard let place = place(of: stream) else { return }
    slots[index(place)] = UInt64(value) &<< 32 | UInt64(stream)
  }

  /// - Returns: what was there.
  @inline(__always)
  mutating func remove(_ stream: UInt32) -> UInt32? {
    guard let place = place(of: stream) else { return nil }
    let value = value(at: place)
    count &-= 1
    if count == 0 {
      removeAll()
    } else if place == 0 {
      skipEnded()
    } else {
      slots[index(place)] = UInt64(Self.ended) &<< 32 | UInt64(stream)
    }
    return value
  }

  private mutating func removeAll() {
    first = 0
    length = 0
    if slots.count > Self.keptCapacity { slots = [] }
  }

  /// The oldest stream has ended; one that is open lies behind it.
  @inline(__always)
  private mutating func skipEnded() {
    repeat {
      first = index(1)
      length &-= 1
    } while value(at: 0) == Self.ended
  }

  // MARK: - Places, counted from the oldest open stream

  private func index(_ place: Int) -> Int { (first &+ place) & (slots.count &- 1) }

  private func stream(at place: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[index(place)]) }

  private func value(at place: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[index(place)] &>> 32) }

  /// Where an open stream lies.
  @inline(__always)
  private func place(of stream: UInt32) -> Int? {
    guard length > 0 else { return nil }
    // Less than the oldest is far behind the newest.
    let distance = Int(stream &- self.stream(at: 0))
    if distance < length, slots[index(distance)] == UInt64(stream) { return distance }
    return uncommonPlace(of: stream, distance: distance)
  }

  /// The same when numbers were left out, or the value is not 0. Since each stream is greater than the one before, none
  /// lies further than its distance from the oldest.
  @inline(never)
  private func uncommonPlace(of stream: UInt32, distance: Int) -> Int? {
    var (low, high) = (0, min(distance, length &- 1))
    if self.stream(at: high) == stream { low = high }
    while low < high {
      let middle = (low &+ high) / 2
      if self.stream(at: middle) < stream { low = middle &+ 1 } else { high = middle }
    }
    return self.stream(at: low) == stream && value(at: low) != Self.ended ? low : nil
  }

  // MARK: - Room

  /// Leaves out the streams that have ended; takes a larger ring if that would not free half of it, so that each stream
  /// is moved a bounded number of times.
  private mutating func makeRoom() {
    let size = count > slots.count / 2 ? slots.count * 2 : slots.count
    var roomy = [UInt64](repeating: 0, count: max(Self.minimumCapacity, size))
    var open = 0
    for place in 0..<length where value(at: place) != Self.ended {
      roomy[open] = slots[index(place)]
      open &+= 1
    }
    slots = roomy
    first = 0
    length = open
  }
}
