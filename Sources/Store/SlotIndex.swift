internal import System

/// Finds the slots of customers by a hash of one of their keys. It holds no keys: the caller compares candidates with
/// the customer itself, so an entry takes 8 bytes.
///
/// The table is split into shards that grow each on its own: growing moves a few thousand entries at a time, never all
/// of a million.
///
/// Hashes of keys that a client chooses must be seeded, or a client could make them collide.
///
/// Owned by one isolation domain; the unsafe memory stays inside. It is that and no array because each entry that is
/// looked at is a miss of the processor's caches: nothing else may be looked at beside it, and ``prefetch(hash:)``
/// needs its address.
struct SlotIndex: ~Copyable {
  static var shardCount: Int { 256 }
  private static var initialCapacity: Int { 8 }
  /// From here on it pays to have a shard's pages made in one call: eight of them.
  private static var populatedCapacity: Int { 4096 }
  /// Marks a free bucket: no slot is that great.
  private static var free: UInt32 { .max }

  struct Bucket {
    var tag: UInt32
    var slot: UInt32
  }

  /// At most three quarters full, so that a free bucket ends each search.
  private struct Shard {
    let buckets: UnsafeMutablePointer<Bucket>
    /// A power of two.
    let capacity: Int
    var count = 0

    init(capacity: Int) {
      self.capacity = capacity
      buckets = .allocate(capacity: capacity)
      if capacity >= SlotIndex.populatedCapacity {
        Memory.populate(UnsafeMutableRawBufferPointer(start: buckets, count: capacity * MemoryLayout<Bucket>.stride))
      }
      buckets.initialize(repeating: Bucket(tag: 0, slot: free), count: capacity)
    }

    /// Where the search for a tag begins.
    func start(_ tag: UInt32) -> Int { Int(truncatingIfNeeded: tag) & (capacity &- 1) }
    func next(_ index: Int) -> Int { (index &+ 1) & (capacity &- 1) }

    /// Linear probing; there is room.
    mutating func put(_ bucket: Bucket) {
      var index = start(bucket.tag)
      while buckets[index].slot != free { index = next(index) }
      buckets[index] = bucket
      count &+= 1
    }
  }

  private let shards: UnsafeMutablePointer<Shard>
  private var waiting: WaitingSlots?

  init() {
    shards = .allocate(capacity: Self.shardCount)
    for index in 0..<Self.shardCount { (shards + index).initialize(to: Shard(capacity: Self.initialCapacity)) }
  }

  deinit {
    for index in 0..<Self.shardCount { shards[index].buckets.deallocate() }
    shards.deallocate()
  }

  /// Adds a slot. The caller has made sure that its key is not there yet.
  mutating func insert(hash: UInt64, slot: UInt32) {
    precondition(slot != Self.free)
    let shard = shards + Self.shard(hash)
    if (shard.pointee.count &+ 1) &* 4 > shard.pointee.capacity &* 3 {
      Self.resize(&shard.pointee, capacity: shard.pointee.capacity * 2)
    }
    shard.pointee.put(Bucket(tag: Self.tag(hash), slot: slot))
  }

  /// The same in an index whose slots are not all found for ever: those that `isForgotten` are let go of when the shard
  /// would have to grow.
  mutating func insert(hash: UInt64, slot: UInt32, isForgotten: (UInt32) -> Bool) {
    let shard = shards + Self.shard(hash)
    if (shard.pointee.count &+ 1) &* 4 > shard.pointee.capacity &* 3 {
      var kept = 0
      for index in 0..<shard.pointee.capacity {
        let bucket = shard.pointee.buckets[index]
        if bucket.slot != Self.free && !isForgotten(bucket.slot) { kept += 1 }
      }
      // At most half full afterwards, so that it takes many insertions until the next time.
      var capacity = Self.initialCapacity
      while kept &* 2 >= capacity { capacity &*= 2 }
      Self.resize(&shard.pointee, capacity: capacity, isForgotten: isForgotten)
    }
    precondition(slot != Self.free)
    shard.pointee.put(Bucket(tag: Self.tag(hash), slot: slot))
  }

  /// Adds a slot that is found only from ``insertWaiting()`` on: for whoever adds millions and looks for none meanwhile.
  ///
  /// They are kept until there are some of one shard, and entered together: then the processor waits for many places
  /// in memory at once, and not for each in turn.
  mutating func insertLater(hash: UInt64, slot: UInt32) {
    precondition(slot != Self.free)
    let shard = Self.shard(hash)
    if waiting == nil { waiting = WaitingSlots() }
    if waiting?.add(Bucket(tag: Self.tag(hash), slot: slot), shard: shard) == true { insertWaiting(of: shard) }
  }

  /// Whether there are slots that are not found yet.
  var hasWaiting: Bool { waiting != nil }

  /// Enters what waits.
  mutating func insertWaiting() {
    guard waiting != nil else { return }
    for shard in 0..<Self.shardCount { insertWaiting(of: shard) }
    waiting = nil
  }

  private mutating func insertWaiting(of number: Int) {
    waiting?.empty(number) { buckets in
      let shard = shards + number
      var capacity = shard.pointee.capacity
      while (shard.pointee.count &+ buckets.count) &* 4 > capacity &* 3 { capacity *= 2 }
      if capacity != shard.pointee.capacity { Self.resize(&shard.pointee, capacity: capacity) }
      for bucket in buckets { Memory.prefetch(shard.pointee.buckets + shard.pointee.start(bucket.tag)) }
      for bucket in buckets { shard.pointee.put(bucket) }
    }
  }

  /// The first slot under this hash that `matches`; nil if there is none.
  @inline(__always)
  func find(hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
    let shard = shards[Self.shard(hash)]
    let tag = Self.tag(hash)
    var index = shard.start(tag)
    while true {
      let bucket = shard.buckets[index]
      if bucket.slot == Self.free { return nil }
      if bucket.tag == tag && matches(bucket.slot) { return bucket.slot }
      index = shard.next(index)
    }
  }

  /// Has the processor fetch what a search or an insertion under this hash looks at first.
  func prefetch(hash: UInt64) {
    let shard = shards[Self.shard(hash)]
    Memory.prefetch(shard.buckets + shard.start(Self.tag(hash)))
  }

  /// Makes room for so many slots in all, so that the shards need not grow again and again on the way.
  mutating func reserve(_ count: Int) {
    // Hashes spread over the shards by chance: an eighth more than the average holds nearly every shard.
    let share = count / Self.shardCount * 9 / 8
    var capacity = Self.initialCapacity
    while share * 4 > capacity * 3 { capacity *= 2 }
    for index in 0..<Self.shardCount where shards[index].capacity < capacity {
      Self.resize(&shards[index], capacity: capacity)
    }
  }

  private static func shard(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (shardCount &- 1) }
  private static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash &>> 32) }

  private static func resize(
    _ shard: inout Shard, capacity: Int, isForgotten: (UInt32) -> Bool = { _ in false }
  ) {
    let old = shard
    shard = Shard(capacity: capacity)
    for index in 0..<old.capacity {
      let bucket = old.buckets[index]
      if bucket.slot != free && !isForgotten(bucket.slot) { shard.put(bucket) }
    }
    old.buckets.deallocate()
  }
}
