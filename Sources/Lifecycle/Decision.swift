/// What becomes of a command.
public enum Decision: Hashable, Sendable {
  /// The customer stands so from now on: one event. With a refusal the command is refused all the same: a new challenge
  /// was issued because the submitted signature was another key's or came too late.
  case change(Standing, refusal: Refusal?)
  /// Granted; nothing changes and there is no event.
  case unchanged
  /// Granted; the report is kept, nothing changes: it is late, a repetition, or adds nothing to what is known.
  case noted
  /// Refused; nothing changes.
  case refused(Refusal)
}
