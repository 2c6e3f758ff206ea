public import Lifecycle

/// Which events and customers a watcher wants.
public struct WatchFilter: Equatable, Sendable {
  /// Only this tenant's; nil means every tenant's.
  public var tenant: String?
  /// Only what leaves or enters one of these; empty means all.
  public var states: States
  /// Only these customers; empty means all.
  public var customers: Set<CustomerID>

  public init(tenant: String?, states: States, customers: Set<CustomerID>) {
    self.tenant = tenant
    self.states = states
    self.customers = customers
  }

  /// Whether everything matches, so that nothing need be looked at.
  public var isEmpty: Bool { tenant == nil && states.isEmpty && customers.isEmpty }

  /// Whether an event matches: by the state it leaves or the one it enters.
  public func matches(_ event: borrowing RenderedEvents.Event) -> Bool {
    if let tenant, event.tenant != tenant { return false }
    if !customers.isEmpty && !customers.contains(event.customer) { return false }
    if states.isEmpty { return true }
    return states.contains(event.to) || event.from.map { states.contains($0) } ?? false
  }

  /// Whether a customer as it is matches.
  public func matches(_ customer: borrowing CustomerRecord) -> Bool {
    if let tenant, customer.tenant != tenant { return false }
    if !customers.isEmpty && !customers.contains(customer.id) { return false }
    return states.isEmpty || states.contains(customer.standing.state)
  }
}
