/// Why a customer is on hold, and with that who may lift it. Raw values are the numbers of `gatehouse.v1.HoldKind`.
@frozen
public enum HoldKind: UInt8, CaseIterable, Sendable {
  /// Placed by the partner's own Deactivate; the partner and the platform lift it.
  case partner = 1
  /// Placed by the platform for any issue; the partner and the platform lift it.
  case operational = 2
  /// Placed by the platform on suspicion of illicit activity; only the platform lifts it.
  case risk = 3

  /// The name on the wire without its prefix, such as `PARTNER`.
  public var name: String {
    switch self {
    case .partner: "PARTNER"
    case .operational: "OPERATIONAL"
    case .risk: "RISK"
    }
  }
}

/// A set of kinds of hold.
public typealias HoldKinds = EnumSet<HoldKind>
