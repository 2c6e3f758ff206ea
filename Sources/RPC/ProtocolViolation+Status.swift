internal import GatehouseAPI

extension ProtocolViolation {
  /// What the go-away says.
  public var status: Status {
    switch self {
    case .tooManyPings:
      Status(.resourceExhausted, .overloaded, "too many pings without a call between them")
    case .frame, .malformedFrame, .unexpectedKind, .helloExpected, .secondHello, .unsupportedVersion,
      .streamOutOfOrder, .unknownStream, .creditExceeded:
      Status(.invalidArgument, .protocolViolation, explanation)
    }
  }

  private var explanation: String {
    switch self {
    case .frame(.frameTooLong(let length, let limit)):
      "a frame of \(length) bytes is longer than the \(limit) bytes that are allowed"
    case .frame(.anotherProtocol), .frame(.notAFrame):
      "this port speaks Gatehouse's own protocol: a 4-byte big-endian length, then a gatehouse.rpc.v1.Frame"
    case .malformedFrame: "a frame is not an encoded gatehouse.rpc.v1.Frame"
    case .unexpectedKind(.none): "a frame has no kind that this version knows"
    case .unexpectedKind(let kind): "a frame of kind \(kind) does not go in this direction"
    case .helloExpected: "the first frame must be a hello"
    case .secondHello: "a hello was sent before"
    case .unsupportedVersion(let version):
      "version \(version) of the protocol is not spoken here; version \(ServerConnection.version) is"
    case .streamOutOfOrder(let stream, let last):
      "stream \(stream) does not follow stream \(last): ids are not 0 and grow with each call"
    case .unknownStream(let stream): "stream \(stream) has not been opened"
    case .tooManyPings: "too many pings without a call between them"
    case .creditExceeded(let stream): "stream \(stream) sent more messages than were granted"
    }
  }
}
