internal import ByteText

extension OutputRawSpan {
  /// Appends the characters of a literal.
  @inline(__always)
  mutating func append(_ literal: StaticString) { append(bytes: literal.bytes) }
}

extension [UInt8] {
  /// Appends what `body` writes, at most `size` bytes.
  package mutating func append(atMost size: Int, _ body: (inout OutputRawSpan) -> Void) {
    append(
      contentsOf: [UInt8](unsafeUninitializedCapacity: size) { room, count in
        let bytes = UnsafeMutableRawBufferPointer(room)
        var output = OutputRawSpan(buffer: bytes, initializedCount: 0)
        body(&output)
        count = output.finalize(for: bytes)
      })
  }
}
