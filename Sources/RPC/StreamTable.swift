/// The open calls of a connection: a hash table of its own, small and in one piece, since every call passes through it
/// twice.
///
/// Bounded by the greatest number of streams that the connection allows.
struct StreamTable {
  private static let minimumCapacity = 16
  /// An empty table larger than this is given back.
  private static let keptCapacity = 256

  /// Power of two in size, or empty. Stream in the low half, value in the high half; 0 is free, since no stream is 0.
  private var slots: [UInt64] = []
  private(set) var count = 0

  /// Precondition: `stream` is not 0 and not there.
  mutating func insert(_ stream: UInt32, _ value: UInt32) {
    if (count &+ 1) &* 2 > slots.count { grow() }
    var index = home(stream)
    let mask = slots.count &- 1
    while slots[index] != 0 { index = (index &+ 1) & mask }
    slots[index] = UInt64(value) << 32 | UInt64(stream)
    count &+= 1
  }

  func value(of stream: UInt32) -> UInt32? {
    position(of: stream).map { UInt32(truncatingIfNeeded: slots[$0] &>> 32) }
  }

  /// Nothing happens when `stream` is not there.
  mutating func update(_ stream: UInt32, _ value: UInt32) {
    guard let index = position(of: stream) else { return }
    slots[index] = UInt64(value) << 32 | UInt64(stream)
  }

  /// - Returns: what was there.
  mutating func remove(_ stream: UInt32) -> UInt32? {
    guard let index = position(of: stream) else { return nil }
    let value = UInt32(truncatingIfNeeded: slots[index] &>> 32)
    closeGap(at: index)
    count &-= 1
    if count == 0, slots.count > StreamTable.keptCapacity { slots = [] }
    return value
  }

  /// All of them, in no order.
  var all: [(stream: UInt32, value: UInt32)] {
    slots.compactMap { slot in
      slot == 0 ? nil : (UInt32(truncatingIfNeeded: slot), UInt32(truncatingIfNeeded: slot &>> 32))
    }
  }

  private func position(of stream: UInt32) -> Int? {
    guard count > 0, stream != 0 else { return nil }
    let mask = slots.count &- 1
    var index = home(stream)
    while true {
      let found = slots[index]
      if UInt32(truncatingIfNeeded: found) == stream { return index }
      if found == 0 { return nil }
      index = (index &+ 1) & mask
    }
  }

  /// Fibonacci hashing: consecutive streams are spread, and a peer gains little by choosing others.
  private func home(_ stream: UInt32) -> Int {
    let bits = slots.count.trailingZeroBitCount
    return Int(truncatingIfNeeded: (stream &* 0x9E37_79B9) &>> UInt32(truncatingIfNeeded: 32 &- bits))
  }

  /// Moves up what would no longer be found across the gap, so that no marks for removed entries are needed.
  private mutating func closeGap(at removed: Int) {
    let mask = slots.count &- 1
    var gap = removed
    var index = (gap &+ 1) & mask
    while slots[index] != 0 {
      let wanted = home(UInt32(truncatingIfNeeded: slots[index]))
      // Whether the way from `wanted` to `index` leads over the gap.
      if (index &- wanted) & mask >= (index &- gap) & mask {
        slots[gap] = slots[index]
        gap = index
      }
      index = (index &+ 1) & mask
    }
    slots[gap] = 0
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: max(StreamTable.minimumCapacity, old.count * 2))
    let mask = slots.count &- 1
    for slot in old where slot != 0 {
      var index = home(UInt32(truncatingIfNeeded: slot))
      while slots[index] != 0 { index = (index &+ 1) & mask }
      slots[index] = slot
    }
  }
}
