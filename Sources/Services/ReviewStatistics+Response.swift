internal import GatehouseAPI
internal import Lifecycle
internal import Store

extension ReviewStatistics {
  /// Since when the customer is in a state who came first of those who are; nil for states that nobody has to leave.
  func oldestSince(in state: State) -> Timestamp? {
    switch state {
    case .screening: kinds.first { $0.kind == .screening }?.oldestSince
    case .verifying: kinds.first { $0.kind == .verification }?.oldestSince
    case .initiating, .active, .inactive, .rejected: nil
    }
  }

  /// Adds what there is to a response that has the counts of the same moment.
  func write(into response: inout GatehouseV1.WatchStatsResponse) {
    response.attentionReasons = attention.map { reason, customers in
      var count = GatehouseV1.AttentionCount()
      count.attention = GatehouseV1.Attention(rawValue: Int32(reason.rawValue))
      count.customers = customers
      return count
    }
    for kind in kinds where kind.counts != ReviewCounts() {
      var count = GatehouseV1.ReviewCount()
      count.kind = GatehouseV1.ReviewKind(rawValue: Int32(kind.kind.rawValue))
      count.due = kind.counts.due
      count.leased = kind.counts.leased
      count.waiting = kind.counts.waiting
      count.oldestDueAt = kind.longestDue.map { GoogleProtobuf.Timestamp($0) }
      response.reviews.append(count)
    }
  }
}

extension GoogleProtobuf.Timestamp {
  init(_ time: Timestamp) {
    self.init()
    let second = time.wholeSecond
    seconds = second.microseconds / Timestamp.microsecondsPerSecond
    nanos = Int32(time.microseconds - second.microseconds) * 1000
  }
}
