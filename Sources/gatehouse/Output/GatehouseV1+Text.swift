internal import GatehouseAPI

extension GoogleProtobuf.Timestamp {
  /// Unix microseconds; wraps on what no server of ours sends.
  var unixMicroseconds: Int64 { seconds &* 1_000_000 &+ Int64(nanos) / 1000 }

  /// RFC 3339, in UTC.
  var utc: String { TimestampText.utc(microseconds: unixMicroseconds) }

  init(unixMicroseconds: Int64) {
    self.init()
    let (quotient, remainder) = unixMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
    seconds = remainder < 0 ? quotient - 1 : quotient
    nanos = Int32(truncatingIfNeeded: (remainder < 0 ? remainder + 1_000_000 : remainder) * 1000)
  }
}

extension GatehouseV1.CustomerState {
  /// What the state is painted with.
  var ink: Palette.Ink? {
    switch self {
    case .initiating, .screening, .verifying: .cyan
    case .active: .green
    case .inactive: .yellow
    case .rejected: .red
    default: nil  // Open on the wire: a later server may know more states.
    }
  }

  /// The name without its prefix; "-" for none.
  var label: String { self == .unspecified ? "-" : shortName }
}

extension GatehouseV1.Customer {
  /// What the customer waits for: "SCREENING, attempt 2 after HIT"; empty when it waits for nothing.
  var waiting: String {
    guard let pending, pending.on != .unspecified else { return "" }
    var text = "\(pending.on.shortName), attempt \(pending.attempt)"
    if !pending.lastOutcome.isEmpty { text += " after \(pending.lastOutcome)" }
    if let next = pending.nextAttemptAt { text += ", due \(next.utc)" }
    if pending.attention != .unspecified { text += ", needs a person: \(pending.attention.shortName)" }
    return text
  }

  /// The holds: "PARTNER (asked for), RISK"; empty when there is none.
  var held: String {
    holds.map { $0.reason.isEmpty ? $0.kind.shortName : "\($0.kind.shortName) (\($0.reason))" }.joined(separator: ", ")
  }
}
