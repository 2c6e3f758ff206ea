extension UnsafeRawBufferPointer {
  /// Whether the bytes are those of `literal`.
  public func isEqual(to literal: StaticString) -> Bool {
    isEqual(to: UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Whether both hold the same bytes.
  @inlinable
  public func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count >= 8 else {
      for index in 0..<count where self[index] != other[index] { return false }
      return true
    }
    // Names differ mostly at their end: compare from there, a word at a time; the first word may overlap the second.
    var end = count
    while end >= 8 {
      end -= 8
      guard
        loadUnaligned(fromByteOffset: end, as: UInt64.self) == other.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      else { return false }
    }
    return loadUnaligned(as: UInt64.self) == other.loadUnaligned(as: UInt64.self)
  }
}
