public import GatehouseAPI
internal import ProtobufWire

extension Status {
  /// The `domain` of every `ErrorInfo` of ours.
  public static let domain = "gatehouse"

  private static let typePrefix = "type.googleapis.com/"
  private static let errorInfoType = "google.rpc.ErrorInfo"
  private static let badRequestType = "google.rpc.BadRequest"
  private static let retryInfoType = "google.rpc.RetryInfo"

  /// A refusal.
  ///
  /// - Parameters:
  ///   - message: for a person: what is wrong and what to do about it.
  ///   - metadata: what ``GatehouseV1/Reason`` says of `reason`, by name.
  ///   - retryAfterMicroseconds: how long the caller should wait at least before it tries again.
  ///   - fieldViolations: the wrong fields of the request, each with what is wrong with it.
  public init(
    _ code: StatusCode,
    _ reason: GatehouseV1.Reason,
    _ message: String,
    metadata: [(String, String)] = [],
    retryAfterMicroseconds: Int64? = nil,
    fieldViolations: [(field: String, description: String)] = []
  ) {
    var info = GoogleRpc.ErrorInfo()
    info.reason = reason.shortName
    info.domain = Status.domain
    for (name, value) in metadata { info.metadata[name] = value }
    var details = [Status.packed(info, as: Status.errorInfoType)]
    if !fieldViolations.isEmpty {
      var badRequest = GoogleRpc.BadRequest()
      badRequest.fieldViolations = fieldViolations.map { field, description in
        var violation = GoogleRpc.BadRequest.FieldViolation()
        violation.field = field
        violation.description = description
        return violation
      }
      details.append(Status.packed(badRequest, as: Status.badRequestType))
    }
    if let retryAfterMicroseconds {
      var delay = GoogleProtobuf.Duration()
      delay.seconds = retryAfterMicroseconds / 1_000_000
      delay.nanos = Int32(truncatingIfNeeded: retryAfterMicroseconds % 1_000_000 * 1_000)
      var retryInfo = GoogleRpc.RetryInfo()
      retryInfo.retryDelay = delay
      details.append(Status.packed(retryInfo, as: Status.retryInfoType))
    }
    self.init(code: code, message: message, details: details)
  }

  // MARK: What came in

  /// The first `ErrorInfo` among the details, if there is one that can be read.
  public var errorInfo: GoogleRpc.ErrorInfo? {
    unpacked(Status.errorInfoType)
  }

  /// The name of the reason, such as "CUSTOMER_NOT_FOUND"; nil when no `ErrorInfo` names one.
  public var reason: String? {
    errorInfo.flatMap { $0.reason.isEmpty ? nil : $0.reason }
  }

  public var badRequest: GoogleRpc.BadRequest? {
    unpacked(Status.badRequestType)
  }

  /// How long the server asks to wait before the call is made again, in microseconds.
  public var retryAfterMicroseconds: Int64? {
    guard let retryInfo: GoogleRpc.RetryInfo = unpacked(Status.retryInfoType), let delay = retryInfo.retryDelay else {
      return nil
    }
    // What another server sent may be anything: wrapping arithmetic does not trap.
    return delay.seconds &* 1_000_000 &+ Int64(delay.nanos) / 1_000
  }

  private static func packed(_ message: some WireMessage, as type: String) -> GoogleProtobuf.`Any` {
    var any = GoogleProtobuf.`Any`()
    any.typeUrl = typePrefix + type
    any.value = message.encoded()
    return any
  }

  private func unpacked<Message: WireMessage>(_ type: String) -> Message? {
    guard let any = details.first(where: { $0.typeUrl.hasSuffix("/" + type) }) else { return nil }
    return try? Message(decoding: any.value)
  }
}

// MARK: On the wire

extension Status {
  public init(_ wire: GatehouseRpcV1.Status) {
    self.init(code: StatusCode(wire: wire.code), message: wire.message, details: wire.details)
  }

  public var wire: GatehouseRpcV1.Status {
    var wire = GatehouseRpcV1.Status()
    wire.code = code.rawValue
    wire.message = message
    wire.details = details
    return wire
  }
}
