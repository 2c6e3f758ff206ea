public import GatehouseAPI
internal import ProtobufWire

/// How a call ended, with what a program (``details``) and a person (``message``) can make of it.
public struct Status: Error, Equatable, Sendable {
  public var code: StatusCode
  /// What happened and what to do about it; empty when the code is `ok`.
  public var message: String
  /// With every code but `ok`: a `google.rpc.ErrorInfo`, where it helps also `BadRequest` or `RetryInfo`.
  public var details: [GoogleProtobuf.`Any`]

  /// Without details: for `ok`, and for what came from the wire.
  public init(code: StatusCode, message: String, details: [GoogleProtobuf.`Any`] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  public static let ok = Status(code: .ok, message: "")
}

extension Status: CustomStringConvertible {
  /// "FAILED_PRECONDITION ON_HOLD: …"
  public var description: String {
    let reason = reason.map { " \($0)" } ?? ""
    return message.isEmpty ? "\(code.name)\(reason)" : "\(code.name)\(reason): \(message)"
  }
}
