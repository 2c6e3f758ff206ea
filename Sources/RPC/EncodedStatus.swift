internal import ProtobufWire

/// A status that many calls get, encoded once.
public struct EncodedStatus: Sendable {
  let bytes: [UInt8]

  public init(_ status: Status) {
    bytes = status.wire.encoded()
  }
}
