internal import Lifecycle
internal import ProtobufWire

/// Reads an encoded message of the journal field by field: the next tag, then the value behind it or ``skip(_:)``.
///
/// A start reads millions of records through this, so there are no closures and no boxed values: all of it is inlined
/// into the loop over a message's fields, where the reader lives in registers.
struct FieldReader {
  private var reader: WireReader

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    reader = WireReader(bytes)
  }

  /// The tag of the next field; nil at the end of the message.
  @inline(__always)
  mutating func nextTag() throws(RecordError) -> WireTag? {
    do throws(WireError) { return try reader.nextTag() } catch { throw .malformed }
  }

  /// Passes over the value of a field that is not known, or lies differently on the wire: a later version may have
  /// added it.
  mutating func skip(_ tag: WireTag) throws(RecordError) {
    do throws(WireError) { try reader.skip(tag) } catch { throw .malformed }
  }

  /// How many more fields of this tag, which is of bytes, follow right behind the value that is next.
  func following(_ tag: WireTag) -> Int {
    var ahead = self
    var count = 0
    while (try? ahead.bytes()) != nil, let next = try? ahead.nextTag(), next == tag { count += 1 }
    return count
  }

  // MARK: Values

  @inline(__always)
  mutating func number() throws(RecordError) -> UInt64 {
    do throws(WireError) { return try reader.varint() } catch { throw .malformed }
  }

  @inline(__always)
  mutating func fixed64() throws(RecordError) -> UInt64 {
    do throws(WireError) { return try reader.fixed64() } catch { throw .malformed }
  }

  /// A `uint32`, held to the range of a narrower type: what does not fit becomes the greatest value, which no
  /// enumeration uses.
  @inline(__always)
  mutating func narrow<Number: FixedWidthInteger>() throws(RecordError) -> Number {
    Number(clamping: UInt32(truncatingIfNeeded: try number()))
  }

  /// Unix microseconds.
  @inline(__always)
  mutating func time() throws(RecordError) -> Timestamp {
    Timestamp(microseconds: Int64(bitPattern: try number()))
  }

  /// Unix microseconds, 0 for none.
  @inline(__always)
  mutating func timeIfAny() throws(RecordError) -> Timestamp? {
    let time = try time()
    return time.microseconds == 0 ? nil : time
  }

  /// In place: valid as long as the bytes given to the reader.
  @inline(__always)
  mutating func bytes() throws(RecordError) -> UnsafeRawBufferPointer {
    do throws(WireError) { return try reader.lengthDelimited() } catch { throw .malformed }
  }

  @inline(__always)
  mutating func text() throws(RecordError) -> String {
    do throws(WireError) { return try reader.string() } catch { throw .malformed }
  }

  /// A `string`, in place.
  @inline(__always)
  mutating func utf8() throws(RecordError) -> UnsafeRawBufferPointer {
    do throws(WireError) { return try reader.utf8() } catch { throw .malformed }
  }

  /// Sixteen bytes, in network order; nil for none at all.
  @inline(__always)
  mutating func id() throws(RecordError) -> CustomerID? {
    let bytes = try bytes()
    if let id = CustomerID(bytes: bytes) { return id }
    guard bytes.isEmpty else { throw .malformed }
    return nil
  }

  /// How an attempt ended, 0 for nil.
  @inline(__always)
  mutating func outcome(_ message: StaticString, _ field: UInt32) throws(RecordError) -> Outcome? {
    let number: UInt8 = try narrow()
    if let outcome = Outcome(rawValue: number) { return outcome }
    guard number == 0 else { throw .invalid(message: message, field: field) }
    return nil
  }
}

/// The tags of a message's fields, for the cases of a `switch`: a field that lies differently on the wire than it is
/// to is another one, as everywhere in protobuf.
extension WireTag {
  @inline(__always)
  static func number(_ field: UInt32) -> WireTag { WireTag(field: field, type: .varint) }

  @inline(__always)
  static func fixed64(_ field: UInt32) -> WireTag { WireTag(field: field, type: .fixed64) }

  /// Bytes, text, or a message.
  @inline(__always)
  static func bytes(_ field: UInt32) -> WireTag { WireTag(field: field, type: .lengthDelimited) }

  /// Compared as the numbers they are, so that a `switch` over tags becomes one jump.
  @inline(__always)
  static func ~= (pattern: WireTag, tag: WireTag) -> Bool { pattern.rawValue == tag.rawValue }
}
