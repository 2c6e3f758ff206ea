internal import RPC

/// What is due when: a binary heap. An entry is never taken out early; whoever finds it due looks whether it still
/// counts.
struct TimerHeap {
  struct Entry {
    /// Nanoseconds of the monotonic clock.
    let time: UInt64
    let connection: ConnectionID
    /// 0: the connection itself.
    let stream: UInt32
  }

  private var entries: [Entry] = []

  var count: Int { entries.count }

  /// When the earliest entry is due; `UInt64.max` when there is none.
  var nextTime: UInt64 { entries.first?.time ?? .max }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var index = entries.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].time < entries[parent].time else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  /// Takes the earliest entry out if it is due.
  mutating func popDue(now: UInt64) -> Entry? {
    guard let first = entries.first, first.time <= now else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return first
  }

  private mutating func sink() {
    var index = 0
    while true {
      var least = index
      let left = 2 * index + 1
      let right = left + 1
      if left < entries.count, entries[left].time < entries[least].time { least = left }
      if right < entries.count, entries[right].time < entries[least].time { least = right }
      guard least != index else { return }
      entries.swapAt(index, least)
      index = least
    }
  }
}
