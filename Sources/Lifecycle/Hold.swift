/// A hold on a customer.
public struct Hold: Hashable, Sendable {
  /// Its kind. A customer has at most one hold of each kind.
  public var kind: HoldKind
  /// The public reason given with Deactivate; may be empty.
  public var reason: String
  /// When it was placed.
  public var at: Timestamp

  public init(kind: HoldKind, reason: String, at: Timestamp) {
    self.kind = kind
    self.reason = reason
    self.at = at
  }
}
