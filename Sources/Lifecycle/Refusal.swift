/// Why a command is refused.
public enum Refusal: Hashable, Sendable {
  /// The state does not allow the command. `from` is nil where there is no customer; `allowed` is what the caller's
  /// role may do in that state.
  case illegalTransition(from: State?, command: CommandName, allowed: CommandNames)
  /// Holds of these kinds are open that the caller may not lift.
  case onHold(HoldKinds)
  /// The caller's role may neither place nor lift holds of this kind.
  case holdKindNotAllowed(HoldKind)
  /// The caller's role may not give this command.
  case roleNotAllowed
  /// The signature is not the wallet's. So many more such signatures are answered before further ones are refused
  /// unseen.
  case signatureMismatch(attemptsLeft: UInt8)
  /// The challenge had expired.
  case challengeExpired
  /// What was signed is not the present challenge.
  case challengeSuperseded
  /// Too many signatures by another key; from `retryAt` on the next one is looked at.
  case tooManyAttempts(retryAt: Timestamp)
}
