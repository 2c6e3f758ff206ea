internal import GatehouseAPI

extension CallRefusal {
  /// How long a client that was refused for want of room should wait before it tries again: a call or two.
  private static let retryMicroseconds: Int64 = 10_000

  /// - Parameter methodPath: what the call named.
  public func status(methodPath: UnsafeRawBufferPointer) -> Status {
    switch self {
    case .unknownMethod:
      let method = String(decoding: methodPath.prefix(CallRefusal.shownPathBytes), as: UTF8.self)
      return Status(
        .unimplemented, .methodUnknown, "there is no method '\(method)'", metadata: [("method", method)])
    case .tooManyStreams(let limit):
      return Status(
        .resourceExhausted, .tooManyStreams,
        "\(limit) calls are open on this connection; cancelled ones count until the server is done with them",
        metadata: [("limit", String(limit))], retryAfterMicroseconds: CallRefusal.retryMicroseconds)
    case .tooManyReplyStreams(let limit):
      return Status(
        .resourceExhausted, .tooManyStreams, "\(limit) streaming calls are open on this connection",
        metadata: [("limit", String(limit))])
    case .shuttingDown:
      return .shuttingDown
    case .cancelled:
      return Status(.cancelled, .cancelled, "the client has cancelled the call")
    }
  }

  /// A path is shown up to here, so that an answer cannot be made as long as a request.
  private static let shownPathBytes = 128
}
