internal import GatehouseAPI
internal import ProtobufWire

// Nearly every frame that a server gets is a call, laid out as every generated encoder lays it out. Such a frame is
// read straight through, in a quarter of the instructions that looking at field after field takes; any other goes the
// general way. That both agree is tested with every byte of such frames changed.

extension FrameView {
  /// A call that was read straight through.
  struct UsualCall {
    let stream: UInt32
    let method: RPCMethod
    let methodPath: UnsafeRawBufferPointer
    let payload: UnsafeRawBufferPointer
    let timeoutMicroseconds: UInt64
  }

  /// The tags that a usual call has, in their order.
  private enum Tag {
    static let stream = WireTag(field: GatehouseRpcV1.Frame.Field.stream, type: .varint).byte
    static let call = WireTag(field: GatehouseRpcV1.Frame.Field.call, type: .lengthDelimited).byte
    static let method = WireTag(field: GatehouseRpcV1.Call.Field.method, type: .lengthDelimited).byte
    static let payload = WireTag(field: GatehouseRpcV1.Call.Field.payload, type: .lengthDelimited).byte
    static let timeout = WireTag(field: GatehouseRpcV1.Call.Field.timeoutUs, type: .varint).byte
  }

  /// The shortest frame that is looked at, in bytes: what comes before the method's name is always within it.
  private static let leastUsualCall = 16

  /// A frame of a stream below 2^28 and a call of a known method, with a payload of at most 16,383 bytes and perhaps a
  /// timeout, each once and in the order of their numbers, and nothing else; nil for any other.
  @inline(__always)
  static func usualCall(_ bytes: UnsafeRawBufferPointer) -> UsualCall? {
    guard bytes.count >= leastUsualCall, bytes[0] == Tag.stream else { return nil }
    // Up to four bytes of a varint at once, as `WireReader` reads eight.
    let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    let stops = ~word & 0x8080_8080
    guard stops != 0 else { return nil }
    let bits = word & (stops ^ (stops &- 1)) & 0x7F7F_7F7F
    let pairs = bits & 0x007F_007F | (bits & 0x7F00_7F00) &>> 1
    let stream = pairs & 0x3FFF | pairs &>> 2 & 0x0FFF_C000
    var offset = 2 &+ stops.trailingZeroBitCount &>> 3

    guard bytes[offset] == Tag.call, let call = length(at: offset &+ 1, of: bytes), call.upperBound == bytes.count
    else { return nil }
    offset = call.lowerBound
    guard offset &+ 2 <= bytes.count, bytes[offset] == Tag.method, let name = length(at: offset &+ 1, of: bytes)
    else { return nil }
    let path = UnsafeRawBufferPointer(rebasing: bytes[name])
    guard let method = RPCMethod(path: path) else { return nil }
    offset = name.upperBound
    guard offset &+ 2 <= bytes.count, bytes[offset] == Tag.payload, let body = length(at: offset &+ 1, of: bytes)
    else { return nil }
    var timeout: UInt64 = 0
    if body.upperBound < bytes.count {
      guard bytes[body.upperBound] == Tag.timeout else { return nil }
      var rest = WireReader(UnsafeRawBufferPointer(rebasing: bytes[(body.upperBound &+ 1)...]))
      guard let value = try? rest.uint64(), rest.isAtEnd else { return nil }
      timeout = value
    }
    return UsualCall(
      stream: stream, method: method, methodPath: path, payload: UnsafeRawBufferPointer(rebasing: bytes[body]),
      timeoutMicroseconds: timeout)
  }

  /// Where the bytes lie whose length, of one byte or two, is at `offset`; nil for a longer length, and when not all of
  /// them are there.
  @inline(__always)
  private static func length(at offset: Int, of bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    guard offset < bytes.count else { return nil }
    var start = offset &+ 1
    var length = Int(bytes[offset])
    if length >= 0x80 {
      guard start < bytes.count, bytes[start] < 0x80 else { return nil }
      length = length & 0x7F | Int(bytes[start]) &<< 7
      start &+= 1
    }
    guard length <= bytes.count &- start else { return nil }
    return start..<start &+ length
  }
}
