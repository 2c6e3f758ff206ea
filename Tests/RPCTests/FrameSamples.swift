internal import GatehouseAPI
internal import ProtobufWire

/// Frames of every kind, for tests that change them.
enum FrameSamples {
  static func frame(_ stream: UInt32, _ kind: GatehouseRpcV1.Frame.Kind?) -> GatehouseRpcV1.Frame {
    var frame = GatehouseRpcV1.Frame()
    frame.stream = stream
    frame.kind = kind
    return frame
  }

  static func call(
    _ stream: UInt32, _ method: String = RPCMethod.customerServiceGetCustomer.path, payload: [UInt8] = [1, 2, 3],
    timeout: UInt64 = 0, credit: UInt32 = 0
  ) -> GatehouseRpcV1.Frame {
    var call = GatehouseRpcV1.Call()
    call.method = method
    call.payload = payload
    call.timeoutUs = timeout
    call.credit = credit
    return frame(stream, .call(call))
  }

  static func watch(_ stream: UInt32, credit: UInt32 = 0) -> GatehouseRpcV1.Frame {
    call(stream, RPCMethod.customerServiceWatch.path, credit: credit)
  }

  static func hello(version: UInt32 = 1) -> GatehouseRpcV1.Frame {
    var hello = GatehouseRpcV1.Hello()
    hello.version = version
    hello.agent = "täst/1"
    hello.authorization = "Bearer abc"
    hello.limits = GatehouseRpcV1.Limits()
    hello.limits?.maxFrameBytes = 65536
    hello.storeId = [9, 9]
    return frame(0, .hello(hello))
  }

  static func credit(_ stream: UInt32, _ messages: UInt32) -> GatehouseRpcV1.Frame {
    var credit = GatehouseRpcV1.Credit()
    credit.messages = messages
    return frame(stream, .credit(credit))
  }

  static func cancel(_ stream: UInt32) -> GatehouseRpcV1.Frame {
    frame(stream, .cancel(GatehouseRpcV1.Cancel()))
  }

  static func ping(_ nonce: UInt64) -> GatehouseRpcV1.Frame {
    var ping = GatehouseRpcV1.Ping()
    ping.nonce = nonce
    return frame(0, .ping(ping))
  }

  static func reply(_ stream: UInt32, payload: [UInt8] = [4, 5], status: GatehouseRpcV1.Status?) -> GatehouseRpcV1.Frame
  {
    var reply = GatehouseRpcV1.Reply()
    reply.payload = payload
    reply.status = status
    return frame(stream, .reply(reply))
  }

  static var failure: GatehouseRpcV1.Status {
    var status = GatehouseRpcV1.Status()
    status.code = 5
    status.message = "nöt found"
    var detail = GoogleProtobuf.`Any`()
    detail.typeUrl = "type.googleapis.com/google.rpc.ErrorInfo"
    detail.value = [1, 2, 3]
    status.details = [detail]
    return status
  }

  static var all: [GatehouseRpcV1.Frame] {
    var withMetadata = GatehouseRpcV1.Call()
    withMetadata.method = "a.B/Ç"
    withMetadata.metadata = [GatehouseRpcV1.Metadata()]
    withMetadata.metadata[0].key = "trace"
    withMetadata.metadata[0].value = [7]
    var pong = GatehouseRpcV1.Pong()
    pong.nonce = .max
    var goAway = GatehouseRpcV1.GoAway()
    goAway.lastStream = 77
    goAway.status = failure
    return [
      frame(3, nil), hello(), call(1), call(.max, timeout: .max, credit: .max), watch(300),
      call(1 << 28 - 1, timeout: 5_000_000), call(70_000, payload: [UInt8](repeating: 8, count: 130)),
      frame(9, .call(withMetadata)),
      reply(2, status: nil), reply(2, payload: [], status: GatehouseRpcV1.Status()), reply(130, status: failure),
      cancel(5), credit(6, 1000), ping(1 << 40), frame(0, .pong(pong)), frame(0, .goAway(goAway)),
    ]
  }
}
