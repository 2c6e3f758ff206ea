internal import GatehouseAPI
internal import ProtobufWire
public import RPC

/// A call that was refused, or failed on its way.
public struct GatehouseError: Error, Equatable, Sendable {
  /// A field of the request that was wrong, and what is wrong with it.
  public struct FieldViolation: Equatable, Sendable {
    public let field: String
    public let description: String
  }

  /// All that the server said, or what this side says in its place.
  public let status: Status
  /// Whether it is certain that the server did not begin the call.
  public let isUnbegun: Bool

  init(_ status: Status, isUnbegun: Bool = false) {
    self.status = status
    self.isUnbegun = isUnbegun
  }

  public var code: StatusCode { status.code }

  /// A name of `gatehouse.v1.Reason` without its prefix; empty when the failure is this side's.
  public var reason: String { status.reason ?? "" }

  /// For a person: what happened and what to do about it.
  public var message: String { status.message }

  /// What the reason is about.
  public var metadata: [String: String] {
    var metadata: [String: String] = [:]
    for (name, value) in status.errorInfo?.metadata ?? [:] { metadata[name] = value }
    return metadata
  }

  public var fields: [FieldViolation] {
    (status.badRequest?.fieldViolations ?? []).map { FieldViolation(field: $0.field, description: $0.description) }
  }

  /// How long to wait before the call is made again; nil where the server says nothing of it.
  public var retryAfter: Duration? {
    status.retryAfterMicroseconds.map { .microseconds(max($0, 0)) }
  }
}

extension GatehouseError: CustomStringConvertible {
  /// "FAILED_PRECONDITION ON_HOLD: …"
  public var description: String { status.description }
}

extension GatehouseError {
  /// What the server answered.
  static func answered(_ status: Status) -> GatehouseError {
    GatehouseError(status, isUnbegun: status.reason == GatehouseV1.Reason.shuttingDown.shortName)
  }

  /// A connection that there is not, or no longer.
  static func lost(_ message: String) -> GatehouseError {
    GatehouseError(Status(code: .unavailable, message: message))
  }

  /// The caller did not want to wait any longer.
  static let cancelledHere = GatehouseError(
    Status(code: .cancelled, message: "the call was cancelled by its caller"))

  static let closed = GatehouseError(Status(code: .cancelled, message: "the client was closed"))

  /// - Parameter last: why the call was not answered before.
  static func overdue(last: GatehouseError?) -> GatehouseError {
    guard let last else { return GatehouseError(.deadlineExceeded) }
    var status = Status.deadlineExceeded
    status.message += "; the last failure was: \(last)"
    return GatehouseError(status)
  }

  /// The same failure of a call that the server did not begin.
  var unbegun: GatehouseError { GatehouseError(status, isUnbegun: true) }
}
