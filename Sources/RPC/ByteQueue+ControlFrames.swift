internal import GatehouseAPI
internal import ProtobufWire

// The frames of a connection about itself: rare, so the generated type writes them.
extension ByteQueue {
  public mutating func appendHello(_ hello: ServerHello) {
    var limits = GatehouseRpcV1.Limits()
    limits.maxFrameBytes = UInt32(clamping: hello.maxFrameBytes)
    limits.maxStreams = UInt32(clamping: hello.maxStreams)
    limits.idleTimeoutMs = UInt32(clamping: hello.idleTimeoutMilliseconds)
    var message = GatehouseRpcV1.Hello()
    message.version = ServerConnection.version
    message.agent = hello.agent
    message.limits = limits
    message.storeId = hello.storeID
    append(.hello(message))
  }

  /// - Parameter authorization: "Bearer " and a token, or empty.
  public mutating func appendHello(agent: String, authorization: String) {
    var message = GatehouseRpcV1.Hello()
    message.version = ServerConnection.version
    message.agent = agent
    message.authorization = authorization
    append(.hello(message))
  }

  public mutating func appendPing(nonce: UInt64) {
    var message = GatehouseRpcV1.Ping()
    message.nonce = nonce
    append(.ping(message))
  }

  public mutating func appendPong(nonce: UInt64) {
    var message = GatehouseRpcV1.Pong()
    message.nonce = nonce
    append(.pong(message))
  }

  /// - Parameter lastStream: the greatest stream that was taken.
  public mutating func appendGoAway(lastStream: UInt32, _ status: Status) {
    var message = GatehouseRpcV1.GoAway()
    message.lastStream = lastStream
    message.status = status.wire
    append(.goAway(message))
  }

  public mutating func appendCancel(_ stream: UInt32) {
    append(.cancel(GatehouseRpcV1.Cancel()), stream: stream)
  }

  public mutating func appendCredit(_ stream: UInt32, messages: UInt32) {
    var message = GatehouseRpcV1.Credit()
    message.messages = messages
    append(.credit(message), stream: stream)
  }

  private mutating func append(_ kind: GatehouseRpcV1.Frame.Kind, stream: UInt32 = 0) {
    var frame = GatehouseRpcV1.Frame()
    frame.stream = stream
    frame.kind = kind
    append(frame)
  }
}
