internal import GatehouseAPI
internal import ProtobufWire

// Nearly every frame that a server gets is a call, laid out as every generated encoder lays it out. Such a frame is
// read straight through, in two thirds of the instructions that looking at field after field takes; any other goes the
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
    static let stream = WireTag(field: GatehouseRpcV1.Frame.Field.stream, type: .varint)
    static let call = WireTag(field: GatehouseRpcV1.Frame.Field.call, type: .lengthDelimited)
    static let method = WireTag(field: GatehouseRpcV1.Call.Field.method, type: .lengthDelimited)
    static let payload = WireTag(field: GatehouseRpcV1.Call.Field.payload, type: .lengthDelimited)
    static let timeout = WireTag(field: GatehouseRpcV1.Call.Field.timeoutUs, type: .varint)
  }

  /// A stream and a call of a known method, with a payload and perhaps a timeout, each once and in the order of their
  /// numbers, and nothing else; nil for any other frame. What it cannot read the general way cannot either.
  @inline(__always)
  static func usualCall(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> UsualCall? {
    var frame = WireReader(bytes)
    guard frame.take(Tag.stream) else { return nil }
    guard let stream = frame.takeShortVarint() else { return nil }
    guard frame.take(Tag.call) else { return nil }
    var call = WireReader(try frame.lengthDelimited())
    guard frame.isAtEnd, call.take(Tag.method) else { return nil }
    let path = try call.lengthDelimited()
    guard let method = RPCMethod(path: path), call.take(Tag.payload) else { return nil }
    let payload = try call.lengthDelimited()
    let timeout = call.take(Tag.timeout) ? try call.uint64() : 0
    guard call.isAtEnd else { return nil }
    return UsualCall(
      stream: stream, method: method, methodPath: path, payload: payload, timeoutMicroseconds: timeout)
  }
}
