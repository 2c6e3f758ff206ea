/// What may be the key of a map: an integer, a `Bool` or a `String`.
public protocol WireMapKey: Sendable, Equatable {
  /// Whether `self` comes before `other` where a map is written in the order of its keys: numbers by value, strings by
  /// their bytes.
  func precedes(_ other: Self) -> Bool
  /// Whether the two are the same key: strings byte for byte, while `==` takes canonically equivalent ones for equal.
  func isSameKey(as other: Self) -> Bool
  /// Feeds what ``isSameKey(as:)`` compares.
  func hashKey(into hasher: inout Hasher)
}

extension WireMapKey where Self: FixedWidthInteger {
  @inlinable public func precedes(_ other: Self) -> Bool { self < other }
  @inlinable public func isSameKey(as other: Self) -> Bool { self == other }
  @inlinable public func hashKey(into hasher: inout Hasher) { hasher.combine(self) }
}

extension Int32: WireMapKey {}
extension Int64: WireMapKey {}
extension UInt32: WireMapKey {}
extension UInt64: WireMapKey {}

extension Bool: WireMapKey {
  @inlinable public func precedes(_ other: Bool) -> Bool { !self && other }
  @inlinable public func isSameKey(as other: Bool) -> Bool { self == other }
  @inlinable public func hashKey(into hasher: inout Hasher) { hasher.combine(self) }
}

extension String: WireMapKey {
  public func precedes(_ other: String) -> Bool {
    let left = utf8Span.span
    let right = other.utf8Span.span
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index]
    }
    return left.count < right.count
  }

  public func isSameKey(as other: String) -> Bool {
    let left = utf8Span.span
    let right = other.utf8Span.span
    guard left.count == right.count else { return false }
    for index in left.indices where left[index] != right[index] { return false }
    return true
  }

  public func hashKey(into hasher: inout Hasher) {
    utf8Span.span.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
