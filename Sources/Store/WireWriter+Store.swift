internal import Lifecycle
internal import ProtobufWire

// What proto3 leaves out when it has its default, and the fixed-size values of the store as bytes.

extension WireWriter {
  /// A varint field, left out when it is 0.
  mutating func nonZero(_ number: UInt32, _ value: UInt64) {
    if value != 0 { field(number, varint: value) }
  }

  /// A string field, left out when it is empty.
  mutating func nonEmpty(_ number: UInt32, _ value: String) {
    if !value.isEmpty { field(number, string: value) }
  }

  /// An id as text.
  mutating func text(_ number: UInt32, _ id: CustomerID) {
    append(atMost: OutputRawSpan.maximumIDLength) { $0.text(number, id) }
  }

  /// A `google.protobuf.Timestamp`.
  mutating func timestamp(_ number: UInt32, _ time: Timestamp) {
    append(atMost: OutputRawSpan.maximumTimestampLength) { $0.timestamp(number, time) }
  }
}

extension OutputRawSpan {
  /// What an id as text takes, in bytes: a field's tag, a length, and the characters.
  static let maximumIDLength = 6 + CustomerID.textLength

  /// An id as text.
  @inline(__always)
  mutating func text(_ number: UInt32, _ id: CustomerID) {
    tag(number, .lengthDelimited)
    varint(UInt64(CustomerID.textLength))
    id.appendText(to: &self)
  }

  /// What a timestamp takes at most, in bytes: a field's tag, a length, and two numbers.
  static let maximumTimestampLength = 32

  /// A `google.protobuf.Timestamp`.
  @inline(__always)
  mutating func timestamp(_ number: UInt32, _ time: Timestamp) { timestamp(number, EncodedTimestamp(time)) }

  /// The same of one that is encoded already.
  @inline(__always)
  mutating func timestamp(_ number: UInt32, _ time: EncodedTimestamp) {
    guard number < 16, time.length > 0, freeCapacity >= 16 else {
      return message(number) { output in
        let (seconds, microseconds) = time.value.secondsAndMicroseconds
        output.nonZero(1, UInt64(bitPattern: seconds))
        output.nonZero(2, UInt64(truncatingIfNeeded: microseconds &* 1000))
      }
    }
    withUnsafeMutableBytes { room, count in
      let head = time.head | UInt64(number &<< 3 | 2)
      room.storeBytes(of: head.littleEndian, toByteOffset: count, as: UInt64.self)
      room.storeBytes(of: time.tail.littleEndian, toByteOffset: count &+ 8, as: UInt64.self)
      count &+= 2 &+ time.length
    }
  }
}

/// A `google.protobuf.Timestamp` as a field: what an answer has several of, and often the same.
struct EncodedTimestamp {
  let value: Timestamp
  /// The bytes of the message; 0 when it has not the usual form, and is to be written field by field.
  private(set) var length = 0
  /// Length, tag of the seconds, seconds: behind the byte of the field's tag.
  private(set) var head: UInt64 = 0
  /// Tag of the nanoseconds, nanoseconds.
  private(set) var tail: UInt64 = 0

  /// Those of 1978 to 3058 have seconds of five bytes: with the tags and the length before them they fill a word, and
  /// the rest is less than another.
  @inline(__always)
  init(_ value: Timestamp) {
    self.value = value
    let (seconds, microseconds) = value.secondsAndMicroseconds
    guard 1 &<< 28 <= seconds, seconds < 1 &<< 35 else { return }
    let nanoseconds = UInt64(truncatingIfNeeded: microseconds &* 1000)
    let (secondBytes, _) = OutputRawSpan.varintBytes(UInt64(truncatingIfNeeded: seconds))
    let (nanosecondBytes, size) = OutputRawSpan.varintBytes(nanoseconds)
    length = nanoseconds == 0 ? 6 : 7 &+ size
    head = UInt64(truncatingIfNeeded: length) &<< 8 | 0x08 &<< 16 | secondBytes &<< 24
    tail = 0x10 | nanosecondBytes &<< 8
  }
}

extension Timestamp {
  /// The second and what is left of it.
  @inline(__always)
  fileprivate var secondsAndMicroseconds: (Int64, Int64) {
    microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000)
  }
}

extension RequestDigest {
  /// The 16 bytes of the digest.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withBigEndianBytes(high, low, body) }
}

/// Two words as 16 bytes, most significant first.
func withBigEndianBytes<R>(_ high: UInt64, _ low: UInt64, _ body: (UnsafeRawBufferPointer) -> R) -> R {
  withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
}

extension Int64 {
  /// Division that rounds down, so that times before 1970 have non-negative fractions.
  @inline(__always)  // with a divisor that is known a division becomes a multiplication
  func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
