/// What a screening of a wallet found.
@frozen
public struct ScreeningReport: Hashable, Sendable {
  /// Raw values are the numbers of `gatehouse.v1.ScreeningOutcome`.
  @frozen
  public enum Outcome: UInt8, CaseIterable, Sendable {
    /// Nothing found.
    case clear = 1
    /// Something found that would refuse the customer; counts once it is confirmed.
    case hit = 2
    /// No answer to act on: not sure, provider failed, timed out, chain not supported. Never counts as clear.
    case inconclusive = 3
  }

  /// The attempt that the report is about; 0 means the present one.
  public var attempt: UInt32
  /// What was found.
  public var outcome: Outcome
  /// Whether a person has decided: a hit needs no confirmation, a clear stands even after a hit.
  public var final: Bool
  /// Who screened; may be empty. Tells a hit that confirms another from the same hit once more.
  public var provider: String

  public init(attempt: UInt32, outcome: Outcome, final: Bool = false, provider: String = "") {
    self.attempt = attempt
    self.outcome = outcome
    self.final = final
    self.provider = provider
  }
}
