/// Decides what becomes of a command. The same arguments always give the same decision.
///
/// Permission comes first and does not depend on the state: the role, then the kinds of hold that it names. Then the
/// `TransitionTable` says whether the state allows the command; then what the command carries decides.
///
/// - Parameters:
///   - standing: where the customer stands; nil where there is none yet.
///   - now: the time of the event that may come of it; never earlier than that of the customer's last one.
///   - jitter: a random number; spreads the times at which screenings are tried again.
public func decide(
  _ standing: Standing?,
  _ command: Command,
  by role: Role,
  at now: Timestamp,
  under policy: Policy,
  jitter: UInt64
) -> Decision {
  .refused(.roleNotAllowed)
}
