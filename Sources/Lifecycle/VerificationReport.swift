/// What an identity verification came to.
public struct VerificationReport: Hashable, Sendable {
  /// Raw values are the numbers of `gatehouse.v1.VerificationOutcome`.
  @frozen
  public enum Outcome: UInt8, CaseIterable, Sendable {
    /// The person is who they say they are.
    case approved = 1
    /// Refused for good.
    case declined = 2
    /// Refused for a reason that the person can mend.
    case retry = 3
    /// The session lapsed without a result.
    case expired = 4
  }

  /// The attempt that the report is about; 0 means the present one.
  public var attempt: UInt32
  /// What it came to.
  public var outcome: Outcome
  /// The provider's own name for the session; may be empty. Tells what came of a session that has been replaced, or of
  /// another customer's, from what came of the present one.
  public var reference: String
  /// With `retry`: what the customer has to mend, in words for the customer.
  public var reason: String

  public init(attempt: UInt32, outcome: Outcome, reference: String = "", reason: String = "") {
    self.attempt = attempt
    self.outcome = outcome
    self.reference = reference
    self.reason = reason
  }
}
