internal import Lifecycle

extension CustomerStore {
  /// How many customers are looked at in a turn, and of how many a screening is opened: so that calls get in between.
  private static let customersLookedAt = 4096
  private static let screeningsOpened = 64

  /// Why a screening is opened when the time for it has come, as the public reason.
  private static let intervalReason = "PERIODIC_SCREENING"

  /// Opens the screening of those among the next customers whose last clear one is the policy's interval ago. Nothing
  /// is opened while the disk is full or behind.
  ///
  /// - Returns: the customer to go on with; the number of all of them when each was looked at.
  public func openDueScreenings(from first: Int) -> Int {
    let end = min(customerCount, first + Self.customersLookedAt)
    var (next, opened) = (first, 0)
    while next < end, opened < Self.screeningsOpened, !lacksSpace, !isOverloaded {
      let slot = Slot(next)
      let dueAt = state[slot].standing.rescreeningDueAt(under: settings.policy)
      if let dueAt, dueAt <= now {
        _ = perform(
          .requestScreening, on: slot, by: .platform,
          cause: Cause(command: .requestScreening, principal: Self.clockPrincipal, reason: Self.intervalReason))
        opened += 1
      }
      next += 1
    }
    return next
  }
}
