internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

extension CommandFailure {
  /// What a server's refusal looks like: "FAILED_PRECONDITION ON_HOLD: …", then its metadata, a line each.
  init(refused status: Status) {
    self.init(.failure, status.description, details: Self.details(of: status))
    refusal = status
  }

  private static func details(of status: Status) -> [String] {
    var details = (status.errorInfo?.metadata ?? [:]).map { "\($0.key): \($0.value)" }
    details += (status.badRequest?.fieldViolations ?? []).map { "\($0.field): \($0.description)" }
    if let wait = status.retryAfterMicroseconds, wait > 0 { details.append("try again in \(TimeSpan.text(wait))") }
    return details
  }
}
