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
    utf8.lexicographicallyPrecedes(other.utf8)
  }

  public func isSameKey(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  public func hashKey(into hasher: inout Hasher) {
    var copy = self
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
