internal import GatehouseAPI
internal import ProtobufWire

extension Status {
  /// How a call ended, from a frame of kind reply that ``FrameView`` has accepted.
  public init(replyFrame frame: UnsafeRawBufferPointer) {
    guard let frame = try? GatehouseRpcV1.Frame(decoding: frame), case .reply(let reply) = frame.kind,
      let status = reply.status
    else {
      self.init(code: .unknown, message: "the server's answer has no status")
      return
    }
    self.init(status)
  }
}
