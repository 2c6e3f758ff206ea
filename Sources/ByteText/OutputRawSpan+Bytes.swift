extension OutputRawSpan {
  /// Appends bytes as they are; traps when there is no room.
  @inlinable
  @inline(__always)
  public mutating func append(bytes: UnsafeRawBufferPointer) {
    withUnsafeMutableBytes { room, count in
      precondition(bytes.count <= room.count &- count)
      if let source = bytes.baseAddress, let base = room.baseAddress {
        (base + count).copyMemory(from: source, byteCount: bytes.count)
      }
      count &+= bytes.count
    }
  }
}
