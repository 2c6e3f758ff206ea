/// What a caller may do.
@frozen
public enum Role: UInt8, CaseIterable, Sendable {
  /// Acts on the customers of its own tenant.
  case partner = 1
  /// Reads and watches its own tenant; gives no command.
  case observer = 2
  /// Acts on the customers of all tenants; reports what third parties said; rejects.
  case platform = 3

  /// The name as in the tokens file, such as `partner`.
  public var name: String {
    switch self {
    case .partner: "partner"
    case .observer: "observer"
    case .platform: "platform"
    }
  }

  /// The role of that name.
  public init?(name: String) {
    guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = role
  }

  /// The kinds of hold that the role may place.
  public var placeableHolds: HoldKinds {
    switch self {
    case .partner: [.partner]
    case .observer: []
    case .platform: .all
    }
  }

  /// The kinds of hold that the role may lift.
  public var liftableHolds: HoldKinds {
    switch self {
    case .partner: [.partner, .operational]
    case .observer: []
    case .platform: .all
    }
  }

  /// The kind of hold that the role's Deactivate places when it names none; nil where the role places none.
  public var ownHold: HoldKind? {
    switch self {
    case .partner: .partner
    case .observer: nil
    case .platform: .operational
    }
  }
}

/// A set of roles.
public typealias Roles = EnumSet<Role>
