/// A 256-bit unsigned number in two halves: what scalars and field elements are read from and written to.
package struct UInt256: Hashable, Sendable {
  package var high: UInt128
  package var low: UInt128

  package static let zero = UInt256(high: 0, low: 0)

  package init(high: UInt128, low: UInt128) {
    self.high = high
    self.low = low
  }

  /// Four words, least significant first.
  package init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    low = UInt128(_low: word0, _high: word1)
    high = UInt128(_low: word2, _high: word3)
  }

  package init(_ digest: Digest32) {
    self.init(digest.word3, digest.word2, digest.word1, digest.word0)
  }

  /// The number that 32 bytes write, most significant first; nil for another count.
  package init?(bigEndian bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    self = withContiguousBytes(of: bytes) { UInt256(bigEndian: $0, at: 0) }
  }

  /// The number that the 32 bytes from `offset` on write, most significant first.
  init(bigEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
    precondition(offset >= 0 && bytes.count >= 32 && offset <= bytes.count - 32)
    let word3 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let word2 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    let word1 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
    let word0 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self))
    self.init(word0, word1, word2, word3)
  }

  /// Four words, least significant first.
  package var words: (UInt64, UInt64, UInt64, UInt64) {
    (low._low, low._high, high._low, high._high)
  }

  /// 32 bytes, most significant first.
  package var bigEndianBytes: [UInt8] {
    let words = words
    return withUnsafeBytes(of: (words.3.bigEndian, words.2.bigEndian, words.1.bigEndian, words.0.bigEndian), Array.init)
  }

  package var isZero: Bool { high | low == 0 }
  package var isOdd: Bool { low & 1 == 1 }
}

extension UInt256: Comparable {
  package static func < (left: UInt256, right: UInt256) -> Bool {
    left.high < right.high || (left.high == right.high && left.low < right.low)
  }
}

// Arithmetic modulo 2^256.
extension UInt256 {
  @inline(__always)
  static func &+ (left: UInt256, right: UInt256) -> UInt256 {
    left.addingReportingOverflow(right).partialValue
  }

  @inline(__always)
  static func &- (left: UInt256, right: UInt256) -> UInt256 {
    let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
    return UInt256(high: left.high &- right.high &- (borrow ? 1 : 0), low: low)
  }

  @inline(__always)
  func addingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
    let (low, carry) = low.addingReportingOverflow(other.low)
    let (sum, first) = high.addingReportingOverflow(other.high)
    let (high, second) = sum.addingReportingOverflow(carry ? 1 : 0)
    return (UInt256(high: high, low: low), first || second)
  }

  /// The whole product of two halves.
  @inline(__always)
  static func product(_ left: UInt128, _ right: UInt128) -> UInt256 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return UInt256(high: high, low: low)
  }

  /// The whole product: `high` * 2^256 + `low`.
  @inline(__always)
  func multipliedFullWidth(by other: UInt256) -> (high: UInt256, low: UInt256) {
    let bottom = Self.product(low, other.low)
    let top = Self.product(high, other.high)
    let (cross, carried) = Self.product(low, other.high).addingReportingOverflow(Self.product(high, other.low))
    let (low, carry) = bottom.addingReportingOverflow(UInt256(high: cross.low, low: 0))
    let high = top &+ UInt256(high: carried ? 1 : 0, low: cross.high) &+ UInt256(high: 0, low: carry ? 1 : 0)
    return (high, low)
  }
}
