internal import GatehouseAPI
internal import ProtobufWire

/// What a server says of itself in its first frame.
public struct ServerHello: Equatable, Sendable {
  /// "name/version"
  public var agent: String
  /// Names the history that is served: 16 bytes, or none.
  public var storeID: [UInt8]
  /// In bytes, without prefix.
  public var maxFrameBytes: Int
  public var maxStreams: Int
  /// The connection is closed when nothing comes for so many milliseconds; 0: never.
  public var idleTimeoutMilliseconds: Int

  public init(agent: String, storeID: [UInt8], maxFrameBytes: Int, maxStreams: Int, idleTimeoutMilliseconds: Int) {
    self.agent = agent
    self.storeID = storeID
    self.maxFrameBytes = maxFrameBytes
    self.maxStreams = maxStreams
    self.idleTimeoutMilliseconds = idleTimeoutMilliseconds
  }
}

extension ServerHello {
  /// - Parameter frame: of kind hello, as ``FrameView`` has found.
  public init(frame: UnsafeRawBufferPointer) throws(ProtocolViolation) {
    guard let frame = try? GatehouseRpcV1.Frame(decoding: frame), case .hello(let hello) = frame.kind else {
      throw .malformedFrame
    }
    guard hello.version == ServerConnection.version else { throw .unsupportedVersion(hello.version) }
    self.init(
      agent: hello.agent, storeID: hello.storeId, maxFrameBytes: Int(hello.limits?.maxFrameBytes ?? 0),
      maxStreams: Int(hello.limits?.maxStreams ?? 0),
      idleTimeoutMilliseconds: Int(hello.limits?.idleTimeoutMs ?? 0))
  }
}
