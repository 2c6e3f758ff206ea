/// An identity verification session at a third party.
public struct Session: Hashable, Sendable {
  /// Who verifies.
  public var provider: String
  /// The provider's own name for the session; may be empty.
  public var reference: String
  /// Where the customer goes to be verified; may be empty.
  public var url: String
  /// When the session lapses; nil where the provider names no end.
  public var expiresAt: Timestamp?

  public init(provider: String, reference: String, url: String, expiresAt: Timestamp? = nil) {
    self.provider = provider
    self.reference = reference
    self.url = url
    self.expiresAt = expiresAt
  }
}
