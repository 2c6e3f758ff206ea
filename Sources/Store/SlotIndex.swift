/// Finds the slots of customers by a hash of one of their keys. It holds no keys: the caller compares candidates with
/// the customer itself, so an entry takes 8 bytes.
///
/// The table is split into shards that grow each on its own: growing moves a few thousand entries at a time, never all
/// of a million.
///
/// Hashes of keys that a client chooses must be seeded (`Hasher`), or a client could make them collide.
struct SlotIndex: ~Copyable {
  private static var shardCount: Int { 256 }
  private static var initialCapacity: Int { 8 }
  /// Marks a free bucket: no slot is that great.
  private static var free: UInt32 { .max }

  private struct Bucket {
    var tag: UInt32
    var slot: UInt32
  }

  private struct Shard {
    var buckets: [Bucket] = []
    var count = 0
  }

  private var shards = [Shard](repeating: Shard(), count: shardCount)

  /// Adds a slot. The caller has made sure that its key is not there yet.
  mutating func insert(hash: UInt64, slot: UInt32) {
    precondition(slot != Self.free)
    Self.insert(tag: Self.tag(hash), slot: slot, into: &shards[Self.shard(hash)])
  }

  /// The first slot under this hash that `matches`; nil if there is none.
  func find(hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
    let shard = Self.shard(hash)
    let tag = Self.tag(hash)
    let mask = shards[shard].buckets.count - 1
    guard mask >= 0 else { return nil }
    var index = Int(truncatingIfNeeded: tag) & mask
    while true {
      let bucket = shards[shard].buckets[index]
      if bucket.slot == Self.free { return nil }
      if bucket.tag == tag && matches(bucket.slot) { return bucket.slot }
      index = (index + 1) & mask
    }
  }

  private static func shard(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (shardCount - 1) }
  private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  /// Linear probing in a table at most three quarters full, so that a free bucket ends each search.
  private static func insert(tag: UInt32, slot: UInt32, into shard: inout Shard) {
    if (shard.count + 1) * 4 > shard.buckets.count * 3 { grow(&shard) }
    let mask = shard.buckets.count - 1
    var index = Int(truncatingIfNeeded: tag) & mask
    while shard.buckets[index].slot != free { index = (index + 1) & mask }
    shard.buckets[index] = Bucket(tag: tag, slot: slot)
    shard.count += 1
  }

  private static func grow(_ shard: inout Shard) {
    let old = shard.buckets
    let capacity = max(initialCapacity, old.count * 2)
    shard.buckets = [Bucket](repeating: Bucket(tag: 0, slot: free), count: capacity)
    shard.count = 0
    for bucket in old where bucket.slot != free { insert(tag: bucket.tag, slot: bucket.slot, into: &shard) }
  }
}
