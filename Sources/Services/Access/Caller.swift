internal import Lifecycle

/// Who calls, as the token of the connection says. Known by a number, see ``AccessControl``; never changes.
final class Caller: Sendable {
  /// Named as the cause of the events that the caller makes.
  let principal: String
  /// The tenant that the caller's customers belong to; nil for the platform where it has none of its own, and names one
  /// with each call that needs one.
  let tenant: String?
  let role: Role
  /// What the principal has used of what it may; shared by all its tokens.
  let allowance: Allowance

  init(principal: String, tenant: String?, role: Role, allowance: Allowance = Allowance(PrincipalLimits())) {
    self.principal = principal
    self.tenant = tenant
    self.role = role
    self.allowance = allowance
  }

  /// Who calls where no tokens are asked for.
  static func local(_ allowance: Allowance = Allowance(PrincipalLimits())) -> Caller {
    Caller(principal: "local", tenant: "default", role: .platform, allowance: allowance)
  }

  /// The tenant whose customers the caller sees; nil sees every tenant's.
  var visibleTenant: String? { role == .platform ? nil : tenant }

  /// The idempotency key as the store knows it. Principals of two tenants may have the same name: a tenant's keys are
  /// its own, and the control character keeps them from being taken for others.
  func scoped(_ key: String) -> String {
    guard let tenant = visibleTenant else { return key }
    return "\(tenant)\u{1f}\(key)"
  }
}
