/// Slots that wait to be entered in an index, shard by shard: never more than ``capacity`` of one.
///
/// Owned by the index; the unsafe memory stays inside.
struct WaitingSlots: ~Copyable {
  typealias Bucket = SlotIndex.Bucket

  /// Of a shard: more misses of the caches than a processor has open at once, and few enough that those of all shards
  /// stay in its second cache.
  private static var capacity: Int { 32 }

  private let buckets = UnsafeMutablePointer<Bucket>.allocate(capacity: SlotIndex.shardCount * capacity)
  private let counts = UnsafeMutablePointer<UInt8>.allocate(capacity: SlotIndex.shardCount)

  init() { counts.initialize(repeating: 0, count: SlotIndex.shardCount) }

  deinit {
    buckets.deallocate()
    counts.deallocate()
  }

  /// - Returns: whether no more of this shard can wait: then it is to be emptied.
  mutating func add(_ bucket: Bucket, shard: Int) -> Bool {
    let count = Int(counts[shard])
    buckets[shard &* Self.capacity &+ count] = bucket
    counts[shard] = UInt8(truncatingIfNeeded: count &+ 1)
    return count &+ 1 == Self.capacity
  }

  mutating func empty(_ shard: Int, into body: (UnsafeBufferPointer<Bucket>) -> Void) {
    body(UnsafeBufferPointer(start: buckets + shard * Self.capacity, count: Int(counts[shard])))
    counts[shard] = 0
  }
}
