internal import GatehouseAPI
internal import ProtobufWire

/// What a client says in its first frame, as far as the server cares.
public struct ClientHello: Equatable, Sendable {
  /// An agent is kept up to here.
  private static let agentBytes = 256
  /// Frames that a client takes at least: an error with its details must fit.
  private static let leastFrameBytes = 4096

  public let version: UInt32
  /// "name/version", for logs; at most 256 bytes.
  public let agent: String
  public let authorization: String
  /// The greatest frame that the client takes, without its prefix.
  public let maxFrameBytes: Int

  /// - Parameter frame: of kind hello, as ``FrameView`` has found.
  public init(frame: UnsafeRawBufferPointer) throws(ProtocolViolation) {
    guard let frame = try? GatehouseRpcV1.Frame(decoding: frame), case .hello(let hello) = frame.kind else {
      throw .malformedFrame
    }
    guard hello.version == ServerConnection.version else { throw .unsupportedVersion(hello.version) }
    version = hello.version
    agent = String(decoding: hello.agent.utf8.prefix(ClientHello.agentBytes), as: UTF8.self)
    authorization = hello.authorization
    let asked = Int(hello.limits?.maxFrameBytes ?? 0)
    maxFrameBytes =
      asked == 0 ? FrameDecoder.greatestFrame : min(max(asked, ClientHello.leastFrameBytes), FrameDecoder.greatestFrame)
  }
}
