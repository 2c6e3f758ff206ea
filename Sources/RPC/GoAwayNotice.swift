internal import GatehouseAPI
internal import ProtobufWire

/// A server's word that it takes no more calls on a connection.
public struct GoAwayNotice: Equatable, Sendable {
  /// Calls above this stream were not begun.
  public let lastStream: UInt32
  public let status: Status

  /// - Parameter frame: of kind go-away, as ``FrameView`` has found.
  public init(frame: UnsafeRawBufferPointer) {
    guard let frame = try? GatehouseRpcV1.Frame(decoding: frame), case .goAway(let notice) = frame.kind else {
      lastStream = 0
      status = .shuttingDown
      return
    }
    lastStream = notice.lastStream
    status = notice.status.map { Status($0) } ?? .shuttingDown
  }
}
