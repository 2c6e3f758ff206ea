/// What the check of a submitted signature came to. A signature is checked aside, and meanwhile the challenge may have
/// been replaced: so the nonce of the challenge that it was checked against comes along, and one that is no longer the
/// present one makes the proof a superseded one.
public enum SubmittedProof: Hashable, Sendable {
  /// Signed by the customer's wallet, over the challenge of this nonce.
  case genuine(over: Nonce)
  /// Not signed by the customer's wallet over the challenge of this nonce.
  case foreign(over: Nonce)
  /// Given with a message that is not the present challenge.
  case superseded
}
