extension UnsafeRawBufferPointer {
  /// Whether the bytes are those of `literal`.
  public func isEqual(to literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    let other = UnsafeRawBufferPointer(start: literal.utf8Start, count: count)
    // Names differ mostly at their end: compare from there, a word at a time.
    var end = count
    while end >= 8 {
      end -= 8
      guard
        loadUnaligned(fromByteOffset: end, as: UInt64.self) == other.loadUnaligned(fromByteOffset: end, as: UInt64.self)
      else { return false }
    }
    return self[..<end].elementsEqual(other[..<end])
  }
}
