internal import Lifecycle

/// Where a watcher is in the history: a value, moved by what it is given. It decides which of a batch's events go out;
/// writing them is left to its owner.
///
/// Invariants: `next` never goes back; every matching event from the start on is selected once, in order, or counted as
/// skipped because a newer matching event of the same customer is selected behind it.
public struct WatchCursor: Sendable {
  /// The revision to look at next.
  public private(set) var next: UInt64
  private let filter: WatchFilter
  /// What the selection leaves out because newer events of the same customers follow: revisions, growing, from
  /// `skipHead` on. Filled by `lookAhead` only.
  private var skips: [UInt64] = []
  private var skipHead = 0
  /// Up to where `skips` has been decided.
  private var lookedAheadTo: UInt64 = 0

  /// Begins behind a revision.
  public init(after revision: UInt64, filter: WatchFilter) {
    next = revision + 1
    self.filter = filter
  }

  /// What a call of `advance` selected.
  public struct Selection: Equatable, Sendable {
    /// Adjacent ranges of the batch's bytes, in order.
    public var ranges: [Range<Int>] = []
    /// How many events they hold.
    public var events = 0
    /// Their bytes.
    public var bytes = 0
    /// Matching events left out for newer ones of the same customer.
    public var skipped: UInt64 = 0
  }

  /// Moves through a batch that holds `next`, up to the durable revision or until `limit` bytes are selected.
  ///
  /// - Returns: what goes out; at least one event unless none matches.
  public mutating func advance(through batch: RenderedEvents, upTo durable: UInt64, limit: Int) -> Selection {
    var selection = Selection()
    guard let first = batch.events.first?.revision, next >= first else { return selection }
    var index = Int(next - first)
    let isEverything = filter.isEmpty
    while index < batch.events.count {
      let event = batch.events[index]
      if event.revision > durable { break }
      if isEverything || filter.matches(event) {
        if isSkipped(event.revision) {
          selection.skipped += 1
        } else {
          if selection.events > 0 && selection.bytes + event.bytes.count > limit { break }
          selection.add(event.bytes)
        }
      }
      next = event.revision + 1
      index += 1
    }
    return selection
  }

  /// How many events `lookAhead` looks at, at the most: bounds what a lagging watcher costs at a time.
  public static let lookAheadLimit = 32_768

  /// Whether another look ahead is due before the cursor moves on: for a watcher that wants the newest only.
  public var isLookAheadDue: Bool { next > lookedAheadTo }

  /// Decides, for the stretch of history that these batches hold without a gap from `next` on, which events have newer
  /// matching ones of the same customer behind them. Batches may overlap: one from the log ends where it was cut, in
  /// the middle of one from memory.
  public mutating func lookAhead(_ batches: [RenderedEvents], upTo durable: UInt64) {
    var newest: [CustomerID: UInt64] = [:]
    skips.removeAll(keepingCapacity: true)
    skipHead = 0
    var unseen = next
    for batch in batches {
      for event in batch.events where event.revision >= unseen && event.revision <= durable && filter.matches(event) {
        if let older = newest.updateValue(event.revision, forKey: event.customer) { skips.append(older) }
      }
      if let last = batch.events.last?.revision { unseen = max(unseen, min(last, durable) + 1) }
    }
    lookedAheadTo = unseen - 1
    skips.sort()
  }

  private mutating func isSkipped(_ revision: UInt64) -> Bool {
    while skipHead < skips.count && skips[skipHead] < revision { skipHead += 1 }
    return skipHead < skips.count && skips[skipHead] == revision
  }
}

extension WatchCursor.Selection {
  fileprivate mutating func add(_ range: Range<Int>) {
    if let last = ranges.last, last.upperBound == range.lowerBound {
      ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
    } else {
      ranges.append(range)
    }
    events += 1
    bytes += range.count
  }
}
