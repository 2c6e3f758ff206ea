public import GatehouseAPI
internal import ProtobufWire

// Frames, each appended whole: length prefix, stream, kind.
extension ByteQueue {
  /// A unary success: payload, and a status with code 0. Without a status: one message of a stream.
  @inline(__always)  // two callers, each with constant tails
  private mutating func appendReply(_ stream: UInt32, _ body: UnsafeRawBufferPointer, _ tag: UInt8, endsOK: Bool) {
    let bodySize = body.isEmpty ? 0 : 1 + Self.size(UInt64(body.count)) + body.count
    let replySize = bodySize + (endsOK ? 2 : 0)
    let frameSize = 1 + Self.size(UInt64(stream)) + 1 + Self.size(UInt64(replySize)) + replySize
    var cursor = reserve(FrameDecoder.prefixBytes + frameSize)
    cursor.storeBytes(of: UInt32(truncatingIfNeeded: frameSize).bigEndian, as: UInt32.self)
    cursor += FrameDecoder.prefixBytes
    Self.store(Tag.stream, &cursor)
    Self.storeVarint(UInt64(stream), &cursor)
    Self.store(Tag.reply, &cursor)
    Self.storeVarint(UInt64(replySize), &cursor)
    if let source = body.baseAddress, !body.isEmpty {
      Self.store(tag, &cursor)
      Self.storeVarint(UInt64(body.count), &cursor)
      cursor.copyMemory(from: source, byteCount: body.count)
      cursor += body.count
    }
    if endsOK {
      Self.store(Tag.replyStatus, &cursor)
      Self.store(0, &cursor)
    }
    end &+= FrameDecoder.prefixBytes + frameSize
  }

  /// A unary success whose lengths are usual.
  @inline(__always)
  private mutating func appendUsualSuccess(_ stream: UInt32, _ payload: UnsafeRawBufferPointer) {
    let frame = UsualSuccess(stream)
    let size = frame.headerSize &+ payload.count &+ UsualSuccess.statusSize
    let start = reserve(size)
    if let source = payload.baseAddress {
      (start + frame.headerSize).copyMemory(from: source, byteCount: payload.count)
    }
    frame.write(around: payload.count, in: UnsafeMutableRawBufferPointer(start: start, count: size))
    end &+= size
  }

  /// Ends a unary call well.
  public mutating func appendSuccess(_ stream: UInt32, payload: UnsafeRawBufferPointer) {
    if UsualSuccess.isUsual(payload.count) {
      appendUsualSuccess(stream, payload)
    } else {
      appendReply(stream, payload, Tag.replyPayload, endsOK: true)
    }
  }

  /// One message of a streaming call.
  public mutating func appendMessage(_ stream: UInt32, payload: UnsafeRawBufferPointer) {
    appendReply(stream, payload, Tag.replyPayload, endsOK: false)
  }

  /// Ends a call with an encoded status other than OK.
  public mutating func appendFailure(_ stream: UInt32, encodedStatus: UnsafeRawBufferPointer) {
    appendReply(stream, encodedStatus, Tag.replyStatus, endsOK: false)
  }

  /// Ends a call with a status that many calls get: encoding one costs as much as answering a call.
  public mutating func appendFailure(_ stream: UInt32, _ status: EncodedStatus) {
    status.bytes.withUnsafeBytes { appendFailure(stream, encodedStatus: $0) }
  }

  /// Ends a call.
  public mutating func appendEnd(_ stream: UInt32, _ status: Status) {
    guard status.code != .ok else {
      return appendSuccess(stream, payload: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    status.wire.encoded().withUnsafeBytes { appendFailure(stream, encodedStatus: $0) }
  }

  /// Begins a call.
  ///
  /// - Parameters:
  ///   - timeoutMicroseconds: 0 is none.
  ///   - credit: of a streaming call; 0 means 64.
  public mutating func appendCall(
    _ stream: UInt32, _ method: RPCMethod, timeoutMicroseconds: UInt64, credit: UInt32, payload: [UInt8]
  ) {
    var call = GatehouseRpcV1.Call()
    call.method = method.path
    call.payload = payload
    call.timeoutUs = timeoutMicroseconds
    call.credit = credit
    var frame = GatehouseRpcV1.Frame()
    frame.stream = stream
    frame.kind = .call(call)
    append(frame)
  }

  /// Any frame; for those that are rare.
  public mutating func append(_ frame: GatehouseRpcV1.Frame) {
    let body = frame.encoded()
    Swift.withUnsafeBytes(of: UInt32(truncatingIfNeeded: body.count).bigEndian) { append($0) }
    body.withUnsafeBytes { append($0) }
  }

  /// How long the frame of a reply with a body of `size` bytes is at most, without its prefix.
  public static func replyFrameBound(_ size: Int) -> Int { size + replyOverhead }

  /// Stream and its tag (1 + 5), kind and its length (1 + 4), payload and its length (1 + 4), status (2).
  private static let replyOverhead = 18

  enum Tag {
    static let stream = WireTag(field: GatehouseRpcV1.Frame.Field.stream, type: .varint).byte
    static let reply = WireTag(field: GatehouseRpcV1.Frame.Field.reply, type: .lengthDelimited).byte
    static let replyPayload = WireTag(field: GatehouseRpcV1.Reply.Field.payload, type: .lengthDelimited).byte
    static let replyStatus = WireTag(field: GatehouseRpcV1.Reply.Field.status, type: .lengthDelimited).byte
  }

  private static func size(_ value: UInt64) -> Int {
    // 7 bits a byte; one byte for 0.
    (70 &- max(value | 1, 1).leadingZeroBitCount) / 7
  }

  private static func store(_ byte: UInt8, _ cursor: inout UnsafeMutableRawPointer) {
    cursor.storeBytes(of: byte, as: UInt8.self)
    cursor += 1
  }

  private static func storeVarint(_ value: UInt64, _ cursor: inout UnsafeMutableRawPointer) {
    var rest = value
    while rest >= 0x80 {
      store(UInt8(truncatingIfNeeded: rest) | 0x80, &cursor)
      rest &>>= 7
    }
    store(UInt8(truncatingIfNeeded: rest), &cursor)
  }
}

extension WireTag {
  /// A tag of a field below 16: one byte on the wire.
  fileprivate var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
}
