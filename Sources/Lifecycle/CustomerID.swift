/// The id of a customer: a UUID, of version 7 (RFC 9562) where made here. Ordered by the time of its making.
@frozen
public struct CustomerID: Hashable, Comparable, Sendable {
  /// The first 8 bytes, big-endian.
  public var high: UInt64
  /// The last 8 bytes, big-endian.
  public var low: UInt64

  /// The id of these 16 bytes, whatever its version.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// How many bits of `randomA` an id takes.
  public static let randomABits: UInt64 = 12

  /// A UUIDv7 of this Unix time and 74 random bits: the low 12 of `randomA` and the low 62 of `randomB`.
  ///
  /// Times before 1970 or beyond 48 bits of milliseconds are cut to 48 bits.
  public init(milliseconds: Int64, randomA: UInt64, randomB: UInt64) {
    high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | (randomA & 0x0FFF)
    low = 0x8000_0000_0000_0000 | (randomB & 0x3FFF_FFFF_FFFF_FFFF)
  }

  /// A UUIDv7 of this time and 74 bits of the generator.
  public init(at time: Timestamp, using generator: inout some RandomNumberGenerator) {
    self.init(
      milliseconds: time.microseconds / 1000, randomA: generator.next(), randomB: generator.next()
    )
  }

  /// The id of these 16 bytes, big-endian; nil unless there are 16.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// The 16 bytes, big-endian.
  public var bytes: InlineArray<16, UInt8> {
    InlineArray<16, UInt8> { index in
      let word = index < 8 ? high : low
      return UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * (index & 7)))
    }
  }

  @inlinable
  public static func < (left: CustomerID, right: CustomerID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}
