internal import ProtobufWire

extension UnsafeRawBufferPointer {
  /// The first field with a number in an encoded message, in place, where that is text, bytes or a message; empty when
  /// there is none.
  func field(_ number: UInt32) throws(WireError) -> UnsafeRawBufferPointer {
    var reader = WireReader(self)
    while let tag = try reader.nextTag() {
      if tag.field == number, tag.type == .lengthDelimited { return try reader.lengthDelimited() }
      try reader.skip(tag)
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// The first field with a number in an encoded message, where that is a varint; 0 when there is none.
  func number(_ number: UInt32) throws(WireError) -> UInt64 {
    var reader = WireReader(self)
    while let tag = try reader.nextTag() {
      if tag.field == number, tag.type == .varint { return try reader.varint() }
      try reader.skip(tag)
    }
    return 0
  }
}
