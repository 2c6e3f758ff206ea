/// A map field: like a dictionary, but its string keys are told apart byte for byte, as protobuf does (a `Dictionary`
/// of `String` takes canonically equivalent keys for one), and it is walked in the order of its keys.
public struct WireMap<Key: WireMapKey, Value: Sendable>: Sendable {
  public typealias Element = (key: Key, value: Value)

  /// Up to this many entries are kept as a sorted array: smaller and faster than a hash table, and no input makes
  /// inserting into it slow.
  @usableFromInline static var greatestSortedCount: Int { 32 }

  @usableFromInline
  struct ExactKey: Hashable, Sendable {
    @usableFromInline let key: Key

    @inlinable
    init(_ key: Key) {
      self.key = key
    }

    @inlinable
    static func == (left: ExactKey, right: ExactKey) -> Bool {
      left.key.isSameKey(as: right.key)
    }

    @inlinable
    func hash(into hasher: inout Hasher) {
      key.hashKey(into: &hasher)
    }
  }

  /// In the order of the keys, each key once; empty when there is a hash table.
  @usableFromInline var sorted: [Element] = []
  /// Holds the entries once there were more than ``greatestSortedCount``.
  @usableFromInline var hashed: [ExactKey: Value]?

  @inlinable
  public init() {}

  /// - Parameter entries: of entries with the same key the last counts.
  @inlinable
  public init(_ entries: some Sequence<Element>) {
    for entry in entries { self[entry.key] = entry.value }
  }

  @inlinable
  public init(_ dictionary: [Key: Value]) where Key: Hashable {
    for (key, value) in dictionary { self[key] = value }
  }

  @inlinable
  public var count: Int { hashed?.count ?? sorted.count }

  @inlinable
  public var isEmpty: Bool { count == 0 }

  @inlinable
  public subscript(key: Key) -> Value? {
    get {
      if let hashed { return hashed[ExactKey(key)] }
      return position(of: key).map { sorted[$0].value }
    }
    set {
      if let newValue {
        insert(key, newValue)
      } else {
        remove(key)
      }
    }
  }

  @inlinable
  public subscript(key: Key, default initial: @autoclosure () -> Value) -> Value {
    self[key] ?? initial()
  }

  /// In the order of the keys.
  @inlinable
  public var keys: [Key] { map(\.key) }

  /// In the order of the keys.
  @inlinable
  public var values: [Value] { map(\.value) }

  @inlinable
  func position(of key: Key) -> Int? {
    let index = insertionPosition(of: key)
    return index < sorted.count && sorted[index].key.isSameKey(as: key) ? index : nil
  }

  /// Where `key` is among the sorted entries, or would be.
  @inlinable
  func insertionPosition(of key: Key) -> Int {
    // Maps mostly arrive in the order of their keys.
    guard let last = sorted.last, !last.key.precedes(key) else { return sorted.count }
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].key.precedes(key) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  @inlinable
  mutating func insert(_ key: Key, _ value: Value) {
    guard hashed == nil else {
      hashed?[ExactKey(key)] = value
      return
    }
    let index = insertionPosition(of: key)
    if index == sorted.count, index < WireMap.greatestSortedCount {
      sorted.append((key, value))
    } else if index < sorted.count, sorted[index].key.isSameKey(as: key) {
      sorted[index].value = value
    } else if sorted.count < WireMap.greatestSortedCount {
      sorted.insert((key, value), at: index)
    } else {
      hash()
      hashed?[ExactKey(key)] = value
    }
  }

  /// Moves the entries from the array into a hash table.
  @usableFromInline
  @inline(never)
  mutating func hash() {
    var table = [ExactKey: Value](minimumCapacity: sorted.count * 2)
    for entry in sorted { table[ExactKey(entry.key)] = entry.value }
    hashed = table
    sorted = []
  }

  @inlinable
  mutating func remove(_ key: Key) {
    if hashed != nil {
      hashed?[ExactKey(key)] = nil
    } else if let index = position(of: key) {
      sorted.remove(at: index)
    }
  }
}
