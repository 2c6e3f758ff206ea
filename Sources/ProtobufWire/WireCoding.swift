/// How the values of one proto3 type are read and written where a type is a parameter: elements of packed fields, keys
/// and values of maps. The conforming types have no values.
public protocol WireCoding {
  associatedtype Value: Sendable, Equatable
  static var type: WireType { get }
  /// What a value is that was never set.
  static var initial: Value { get }
  /// Reads one value; a message merges into what is there, anything else replaces it.
  static func read(into value: inout Value, from reader: inout WireReader) throws(WireError)
  /// Writes one value, without a tag.
  static func write(_ value: Value, into writer: inout WireWriter)
}

public enum Int32Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Int32 { 0 }
  @inlinable
  public static func read(into value: inout Int32, from reader: inout WireReader) throws(WireError) {
    value = try reader.int32()
  }
  @inlinable
  public static func write(_ value: Int32, into writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: Int64(value)))
  }
}

public enum Int64Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Int64 { 0 }
  @inlinable
  public static func read(into value: inout Int64, from reader: inout WireReader) throws(WireError) {
    value = try reader.int64()
  }
  @inlinable
  public static func write(_ value: Int64, into writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: value))
  }
}

public enum UInt32Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: UInt32 { 0 }
  @inlinable
  public static func read(into value: inout UInt32, from reader: inout WireReader) throws(WireError) {
    value = try reader.uint32()
  }
  @inlinable
  public static func write(_ value: UInt32, into writer: inout WireWriter) {
    writer.varint(UInt64(value))
  }
}

public enum UInt64Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: UInt64 { 0 }
  @inlinable
  public static func read(into value: inout UInt64, from reader: inout WireReader) throws(WireError) {
    value = try reader.uint64()
  }
  @inlinable
  public static func write(_ value: UInt64, into writer: inout WireWriter) {
    writer.varint(value)
  }
}

public enum SInt32Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Int32 { 0 }
  @inlinable
  public static func read(into value: inout Int32, from reader: inout WireReader) throws(WireError) {
    value = try reader.sint32()
  }
  @inlinable
  public static func write(_ value: Int32, into writer: inout WireWriter) {
    writer.varint(UInt64(UInt32(bitPattern: value &<< 1 ^ value &>> 31)))
  }
}

public enum SInt64Coding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Int64 { 0 }
  @inlinable
  public static func read(into value: inout Int64, from reader: inout WireReader) throws(WireError) {
    value = try reader.sint64()
  }
  @inlinable
  public static func write(_ value: Int64, into writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: value &<< 1 ^ value &>> 63))
  }
}

public enum Fixed32Coding: WireCoding {
  @inlinable public static var type: WireType { .fixed32 }
  @inlinable public static var initial: UInt32 { 0 }
  @inlinable
  public static func read(into value: inout UInt32, from reader: inout WireReader) throws(WireError) {
    value = try reader.fixed32()
  }
  @inlinable
  public static func write(_ value: UInt32, into writer: inout WireWriter) {
    writer.fixed32(value)
  }
}

public enum Fixed64Coding: WireCoding {
  @inlinable public static var type: WireType { .fixed64 }
  @inlinable public static var initial: UInt64 { 0 }
  @inlinable
  public static func read(into value: inout UInt64, from reader: inout WireReader) throws(WireError) {
    value = try reader.fixed64()
  }
  @inlinable
  public static func write(_ value: UInt64, into writer: inout WireWriter) {
    writer.fixed64(value)
  }
}

public enum SFixed32Coding: WireCoding {
  @inlinable public static var type: WireType { .fixed32 }
  @inlinable public static var initial: Int32 { 0 }
  @inlinable
  public static func read(into value: inout Int32, from reader: inout WireReader) throws(WireError) {
    value = try reader.sfixed32()
  }
  @inlinable
  public static func write(_ value: Int32, into writer: inout WireWriter) {
    writer.fixed32(UInt32(bitPattern: value))
  }
}

public enum SFixed64Coding: WireCoding {
  @inlinable public static var type: WireType { .fixed64 }
  @inlinable public static var initial: Int64 { 0 }
  @inlinable
  public static func read(into value: inout Int64, from reader: inout WireReader) throws(WireError) {
    value = try reader.sfixed64()
  }
  @inlinable
  public static func write(_ value: Int64, into writer: inout WireWriter) {
    writer.fixed64(UInt64(bitPattern: value))
  }
}

public enum FloatCoding: WireCoding {
  @inlinable public static var type: WireType { .fixed32 }
  @inlinable public static var initial: Float { 0 }
  @inlinable
  public static func read(into value: inout Float, from reader: inout WireReader) throws(WireError) {
    value = try reader.float()
  }
  @inlinable
  public static func write(_ value: Float, into writer: inout WireWriter) {
    writer.fixed32(value.bitPattern)
  }
}

public enum DoubleCoding: WireCoding {
  @inlinable public static var type: WireType { .fixed64 }
  @inlinable public static var initial: Double { 0 }
  @inlinable
  public static func read(into value: inout Double, from reader: inout WireReader) throws(WireError) {
    value = try reader.double()
  }
  @inlinable
  public static func write(_ value: Double, into writer: inout WireWriter) {
    writer.fixed64(value.bitPattern)
  }
}

public enum BoolCoding: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Bool { false }
  @inlinable
  public static func read(into value: inout Bool, from reader: inout WireReader) throws(WireError) {
    value = try reader.bool()
  }
  @inlinable
  public static func write(_ value: Bool, into writer: inout WireWriter) {
    writer.varint(value ? 1 : 0)
  }
}

public enum StringCoding: WireCoding {
  @inlinable public static var type: WireType { .lengthDelimited }
  @inlinable public static var initial: String { "" }
  @inlinable
  public static func read(into value: inout String, from reader: inout WireReader) throws(WireError) {
    value = try reader.string()
  }
  @inlinable
  public static func write(_ value: String, into writer: inout WireWriter) {
    writer.lengthDelimited(value)
  }
}

public enum BytesCoding: WireCoding {
  @inlinable public static var type: WireType { .lengthDelimited }
  @inlinable public static var initial: [UInt8] { [] }
  @inlinable
  public static func read(into value: inout [UInt8], from reader: inout WireReader) throws(WireError) {
    value = try reader.bytes()
  }
  @inlinable
  public static func write(_ value: [UInt8], into writer: inout WireWriter) {
    value.withUnsafeBytes { writer.lengthDelimited($0) }
  }
}

public enum EnumCoding<Value: WireEnum>: WireCoding {
  @inlinable public static var type: WireType { .varint }
  @inlinable public static var initial: Value { Value() }
  @inlinable
  public static func read(into value: inout Value, from reader: inout WireReader) throws(WireError) {
    value = try reader.enumeration()
  }
  @inlinable
  public static func write(_ value: Value, into writer: inout WireWriter) {
    writer.varint(UInt64(bitPattern: Int64(value.rawValue)))
  }
}

public enum MessageCoding<Value: WireMessage>: WireCoding {
  @inlinable public static var type: WireType { .lengthDelimited }
  @inlinable public static var initial: Value { Value() }
  @inlinable
  public static func read(into value: inout Value, from reader: inout WireReader) throws(WireError) {
    try reader.merge(into: &value)
  }
  @inlinable
  public static func write(_ value: Value, into writer: inout WireWriter) {
    writer.lengthDelimited { (body: inout WireWriter) in value.encode(into: &body) }
  }
}
