internal import GatehouseAPI
internal import ProtobufWire

/// A frame of a server as a load looks at it: in place, and no further than it needs. What a client has to be sure of
/// is `FrameView`'s concern.
enum ServerFrame {
  case hello
  case reply(Answer)
  case ping(nonce: UInt64)
  case goAway
  /// Nothing that a load has to act on.
  case other

  /// What a reply holds. The slices point into the bytes of the frame.
  struct Answer {
    var stream: UInt32
    var payload: UnsafeRawBufferPointer
    /// Nil for a message of a stream, which goes on.
    var status: UnsafeRawBufferPointer?

    /// An end without an error: a status with code 0 is an empty one.
    var isSuccess: Bool { status?.isEmpty ?? false }
  }

  private typealias Field = GatehouseRpcV1.Frame.Field

  /// The last kind counts.
  @inline(__always)  // once for each answer, in the load's innermost loop
  init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    var reader = WireReader(bytes)
    var stream: UInt32 = 0
    // Apart until the frame has been read: an answer that is made first and copied then has to wait for itself.
    var payload = UnsafeRawBufferPointer(start: nil, count: 0)
    var status: UnsafeRawBufferPointer?
    var isReply = false
    self = .other
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (Field.stream, .varint): stream = try reader.uint32()
      case (Field.reply, .lengthDelimited):
        isReply = true
        (payload, status) = try Self.answer(try reader.lengthDelimited())
      case (Field.hello, .lengthDelimited):
        try reader.skip(tag)
        (self, isReply) = (.hello, false)
      case (Field.goAway, .lengthDelimited):
        try reader.skip(tag)
        (self, isReply) = (.goAway, false)
      case (Field.ping, .lengthDelimited):
        (self, isReply) = (.ping(nonce: try Self.nonce(try reader.lengthDelimited())), false)
      default: try reader.skip(tag)
      }
    }
    if isReply { self = .reply(Answer(stream: stream, payload: payload, status: status)) }
  }

  @inline(__always)
  private static func answer(
    _ bytes: UnsafeRawBufferPointer
  ) throws(WireError) -> (payload: UnsafeRawBufferPointer, status: UnsafeRawBufferPointer?) {
    var reader = WireReader(bytes)
    var payload = UnsafeRawBufferPointer(start: nil, count: 0)
    var status: UnsafeRawBufferPointer?
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Reply.Field.payload, .lengthDelimited): payload = try reader.lengthDelimited()
      case (GatehouseRpcV1.Reply.Field.status, .lengthDelimited): status = try reader.lengthDelimited()
      default: try reader.skip(tag)
      }
    }
    return (payload, status)
  }

  private static func nonce(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> UInt64 {
    var reader = WireReader(bytes)
    var nonce: UInt64 = 0
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Ping.Field.nonce, .varint): nonce = try reader.uint64()
      default: try reader.skip(tag)
      }
    }
    return nonce
  }
}
