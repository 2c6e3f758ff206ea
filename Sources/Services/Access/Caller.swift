internal import Lifecycle

/// Who calls, as the token of the connection says.
struct Caller: Sendable {
  /// Named as the cause of the events that the caller makes.
  var principal: String
  /// The tenant that the caller's customers belong to.
  var tenant: String
  var role: Role

  /// Who calls where no tokens are asked for.
  static let local = Caller(principal: "local", tenant: "default", role: .platform)

  /// The tenant whose customers the caller sees; nil sees every tenant's.
  var visibleTenant: String? { role == .platform ? nil : tenant }
}
