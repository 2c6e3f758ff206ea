/// Which events reached watchers, and how long after the writes that made them were begun or due.
///
/// Who writes learns an event's revision from the answer, which may come later than the event itself reaches a watcher:
/// what was delivered early waits for that.
struct DeliveryLog: Sendable {
  private struct Early: Sendable {
    var revision: UInt64
    var at: UInt64
    var times: UInt64
  }

  /// What counts is delivered within it, in nanoseconds.
  var window: Range<UInt64> = 0..<0
  private(set) var delay = Histogram()
  /// When each write was begun, by its revision less `firstRevision`; 0 where that is not known.
  private var begun: [UInt64] = []
  private var firstRevision: UInt64?
  private var early: [Early] = []

  /// A write that was begun then has become an event.
  mutating func acknowledge(_ revision: UInt64, begun time: UInt64) {
    let first = firstRevision ?? revision
    firstRevision = first
    // What is far off is not of this load.
    guard revision >= first, revision - first < 1 << 32 else { return }
    let index = Int(revision - first)
    while begun.count <= index { begun.append(0) }
    begun[index] = time
  }

  /// A watcher has got an event.
  mutating func deliver(_ revision: UInt64, at now: UInt64) {
    guard window.contains(now) else { return }
    if let time = begun(revision) {
      delay.record(now > time ? now &- time : 0)
    } else if let last = early.last, last.revision == revision, last.at == now {
      early[early.count - 1].times += 1
    } else {
      early.append(Early(revision: revision, at: now, times: 1))
    }
  }

  /// Counts what was delivered before its write was answered, as far as that is known by now.
  mutating func settle() {
    var waiting: [Early] = []
    for event in early {
      guard let time = begun(event.revision) else {
        waiting.append(event)
        continue
      }
      delay.record(event.at > time ? event.at &- time : 0, times: event.times)
    }
    early = waiting
  }

  /// Deliveries of which it is not known when their writes were begun: of other clients, or not answered yet.
  var unknown: UInt64 { early.reduce(0) { $0 + $1.times } }

  private func begun(_ revision: UInt64) -> UInt64? {
    guard let firstRevision, revision >= firstRevision else { return nil }
    let index = revision - firstRevision
    guard index < UInt64(begun.count), begun[Int(index)] != 0 else { return nil }
    return begun[Int(index)]
  }
}
