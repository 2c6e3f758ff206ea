public import GatehouseAPI
public import ProtobufWire

/// A frame read in place: nothing is allocated for what a busy connection carries.
///
/// Accepts and refuses exactly what the generated `GatehouseRpcV1.Frame` does. The rare kinds (hello, go-away) and the
/// rare parts of the others (a status that is not OK) are checked here and decoded by the generated type when they are
/// needed. The slices point into the bytes given to ``init(_:)``.
public struct FrameView {
  public enum Kind: Equatable, Sendable {
    case none, hello, call, reply, cancel, credit, ping, pong, goAway
  }

  public private(set) var kind = Kind.none
  /// 0 for frames about the whole connection.
  public private(set) var stream: UInt32 = 0
  /// Of a call: nil when there is no such method.
  public private(set) var method: RPCMethod?
  /// Of a call; valid UTF-8.
  public private(set) var methodPath = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Of a call or a reply.
  public private(set) var payload = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Of a call: 0 is none.
  public private(set) var timeoutMicroseconds: UInt64 = 0
  /// Of a call: 0 means the default. Of a credit: how many messages more.
  public private(set) var credit: UInt32 = 0
  /// Of a ping or a pong.
  public private(set) var nonce: UInt64 = 0
  /// Of a reply: whether it ends its stream.
  public private(set) var hasStatus = false
  /// Of a reply: whether it has a status that says anything, to be decoded by the generated type.
  public private(set) var hasStatusContent = false

  public init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    // Each way makes the view at once, where it is returned: one that is filled in piece by piece is copied there, and
    // the copy waits for the pieces.
    if let call = try FrameView.usualCall(bytes) {
      self.init(call)
    } else {
      try self.init(fieldByField: bytes)
    }
  }

  private init(_ call: UsualCall) {
    kind = .call
    stream = call.stream
    method = call.method
    methodPath = call.methodPath
    payload = call.payload
    timeoutMicroseconds = call.timeoutMicroseconds
  }

  @inline(never)
  private init(fieldByField bytes: UnsafeRawBufferPointer) throws(WireError) {
    var reader = WireReader(bytes)
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (Field.stream, .varint): stream = try reader.uint32()
      case (Field.call, .lengthDelimited): try readCall(&reader)
      case (Field.reply, .lengthDelimited): try readReply(&reader)
      case (Field.credit, .lengthDelimited): try readCredit(&reader)
      case (Field.ping, .lengthDelimited): try readNonce(&reader, .ping)
      case (Field.pong, .lengthDelimited): try readNonce(&reader, .pong)
      case (Field.cancel, .lengthDelimited): try readCancel(&reader)
      case (Field.hello, .lengthDelimited): try readHello(&reader)
      case (Field.goAway, .lengthDelimited): try readGoAway(&reader)
      default: try reader.skip(tag)
      }
    }
  }

  private enum Field {
    static let stream = GatehouseRpcV1.Frame.Field.stream
    static let hello = GatehouseRpcV1.Frame.Field.hello
    static let call = GatehouseRpcV1.Frame.Field.call
    static let reply = GatehouseRpcV1.Frame.Field.reply
    static let cancel = GatehouseRpcV1.Frame.Field.cancel
    static let credit = GatehouseRpcV1.Frame.Field.credit
    static let ping = GatehouseRpcV1.Frame.Field.ping
    static let pong = GatehouseRpcV1.Frame.Field.pong
    static let goAway = GatehouseRpcV1.Frame.Field.goAway
  }

  /// The last kind counts; the same kind again is merged with what was read of it.
  private mutating func become(_ next: Kind) {
    guard kind != next else { return }
    if kind == .none {
      // Nothing but the stream has been read.
      kind = next
      return
    }
    let stream = stream
    self = FrameView(stream: stream, kind: next)
  }

  private init(stream: UInt32, kind: Kind) {
    self.stream = stream
    self.kind = kind
  }

  // MARK: Kinds

  private mutating func readCall(_ reader: inout WireReader) throws(WireError) {
    become(.call)
    let outer = try reader.enter()
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Call.Field.method, .lengthDelimited): try readMethod(&reader)
      case (GatehouseRpcV1.Call.Field.payload, .lengthDelimited): payload = try reader.lengthDelimited()
      case (GatehouseRpcV1.Call.Field.timeoutUs, .varint): timeoutMicroseconds = try reader.uint64()
      case (GatehouseRpcV1.Call.Field.credit, .varint): credit = try reader.uint32()
      case (GatehouseRpcV1.Call.Field.metadata, .lengthDelimited):
        try FrameView.check(GatehouseRpcV1.Metadata.self, &reader)
      default: try reader.skip(tag)
      }
    }
    reader.leave(to: outer)
  }

  /// A path that is one of ours is ASCII; any other is checked.
  private mutating func readMethod(_ reader: inout WireReader) throws(WireError) {
    var ahead = reader
    methodPath = try ahead.lengthDelimited()
    method = RPCMethod(path: methodPath)
    if method == nil { _ = try reader.utf8() } else { reader = ahead }
  }

  private mutating func readReply(_ reader: inout WireReader) throws(WireError) {
    become(.reply)
    let outer = try reader.enter()
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Reply.Field.payload, .lengthDelimited): payload = try reader.lengthDelimited()
      case (GatehouseRpcV1.Reply.Field.status, .lengthDelimited):
        hasStatus = true
        let before = reader.remaining
        try FrameView.check(GatehouseRpcV1.Status.self, &reader)
        // An empty message is its length byte and nothing more.
        if before - reader.remaining > 1 { hasStatusContent = true }
      case (GatehouseRpcV1.Reply.Field.metadata, .lengthDelimited):
        try FrameView.check(GatehouseRpcV1.Metadata.self, &reader)
      default: try reader.skip(tag)
      }
    }
    reader.leave(to: outer)
  }

  private mutating func readCredit(_ reader: inout WireReader) throws(WireError) {
    become(.credit)
    let outer = try reader.enter()
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Credit.Field.messages, .varint): credit = try reader.uint32()
      default: try reader.skip(tag)
      }
    }
    reader.leave(to: outer)
  }

  /// A ping and a pong look alike.
  private mutating func readNonce(_ reader: inout WireReader, _ next: Kind) throws(WireError) {
    become(next)
    let outer = try reader.enter()
    while let tag = try reader.nextTag() {
      switch (tag.field, tag.type) {
      case (GatehouseRpcV1.Ping.Field.nonce, .varint): nonce = try reader.uint64()
      default: try reader.skip(tag)
      }
    }
    reader.leave(to: outer)
  }

  private mutating func readCancel(_ reader: inout WireReader) throws(WireError) {
    become(.cancel)
    try FrameView.check(GatehouseRpcV1.Cancel.self, &reader)
  }

  private mutating func readHello(_ reader: inout WireReader) throws(WireError) {
    become(.hello)
    try FrameView.check(GatehouseRpcV1.Hello.self, &reader)
  }

  private mutating func readGoAway(_ reader: inout WireReader) throws(WireError) {
    become(.goAway)
    try FrameView.check(GatehouseRpcV1.GoAway.self, &reader)
  }

  /// Reads over a message, refusing what its generated type refuses.
  private static func check<Message: WireMessage>(
    _: Message.Type, _ reader: inout WireReader
  ) throws(WireError) {
    var message = Message()
    try reader.merge(into: &message)
  }
}
