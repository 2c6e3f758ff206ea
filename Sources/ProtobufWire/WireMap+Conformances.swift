extension WireMap: Sequence {
  @inlinable
  public func makeIterator() -> IndexingIterator<[Element]> {
    guard let hashed else { return sorted.makeIterator() }
    return hashed.map { ($0.key.key, $0.value) }.sorted { $0.0.precedes($1.0) }.makeIterator()
  }

  @inlinable
  public var underestimatedCount: Int { count }
}

extension WireMap: Equatable where Value: Equatable {
  @inlinable
  public static func == (left: WireMap, right: WireMap) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.key.isSameKey(as: $1.key) && $0.value == $1.value }
  }
}

extension WireMap: ExpressibleByDictionaryLiteral {
  @inlinable
  public init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension WireMap: CustomStringConvertible {
  public var description: String {
    isEmpty ? "[:]" : "[" + map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "]"
  }
}
